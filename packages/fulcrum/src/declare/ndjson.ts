import type { StandardJSONSchemaV1 } from '@standard-schema/spec'
import type { JsonSchema, Schema } from './schema.ts'

/** Rows as callers give them, one after the other: never all of them at once, unless the caller has them so. */
export type RowStream<Row> = Iterable<Row> | AsyncIterable<Row>

/** A row that was not applied, and why. */
export interface RefusedRow {
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** What became of an import. */
export interface ImportReport {
  readonly applied: number
  readonly refused: number
  /** The first 100 of those that were refused. */
  readonly errors: readonly RefusedRow[]
}

const ROW: unique symbol = Symbol.for('fulcrum.ndjson') as never

/** The input of a command that imports: rows, of which its handler gets many at a time. */
export interface RowsSchema<Row = unknown, Parsed = unknown> extends Schema<
  RowStream<Row>,
  readonly Parsed[]
> {
  readonly [ROW]: Schema<Row, Parsed>
}

/**
 * An input that is a stream of rows: newline-delimited JSON over HTTP (`application/x-ndjson`), an iterable in process. It is never in memory as a whole; the
 * handler gets up to a thousand valid rows at a time, each time in a transaction that also notes how far the import is.
 *
 * ```ts
 * export const importProducts = command('catalog.import', {
 *   input: ndjson(z.object({ id: z.uuid(), name: z.string() })), output: importReport,
 *   http: 'POST /products/import', contract: { idempotency: { key: 'header' } },
 * })
 * ```
 */
export function ndjson<Row, Parsed>(row: Schema<Row, Parsed>): RowsSchema<Row, Parsed> {
  return Object.freeze({
    [ROW]: row,
    // Rows are validated one by one, where they are read.
    '~standard': {
      version: 1 as const,
      vendor: 'fulcrum',
      validate: (value: unknown) => ({ value: value as readonly Parsed[] }),
    },
  })
}

/** The schema of the rows that an input is a stream of; `undefined` for any other. */
export function rowSchemaOf(input: unknown): Schema | undefined {
  if (typeof input !== 'object' || input === null || !(ROW in input)) return undefined
  return (input as RowsSchema)[ROW]
}

const REPORT: JsonSchema = Object.freeze({
  type: 'object',
  required: ['applied', 'refused', 'errors'],
  properties: {
    applied: { type: 'integer', description: 'Rows that were applied.' },
    refused: { type: 'integer', description: 'Rows that were not.' },
    errors: {
      type: 'array',
      description: 'The first 100 of those that were not.',
      items: {
        type: 'object',
        required: ['line', 'message'],
        properties: { line: { type: 'integer' }, message: { type: 'string' } },
      },
    },
  },
})

/** The output of a command that imports; its handler returns nothing. */
export const importReport: Schema<void, ImportReport> & { readonly '~standard': StandardJSONSchemaV1.Props } =
  Object.freeze({
    '~standard': {
      version: 1 as const,
      vendor: 'fulcrum',
      validate: (value: unknown) => ({ value: value as ImportReport }),
      jsonSchema: Object.freeze({ input: () => REPORT, output: () => REPORT }),
    },
  })
