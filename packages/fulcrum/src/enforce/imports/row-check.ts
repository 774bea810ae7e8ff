import type { AnyOperation } from '../../declare/operation.ts'
import { rowSchemaOf } from '../../declare/ndjson.ts'
import type { Schema } from '../../declare/schema.ts'
import { summarise } from '../../kernel/errors/validation.ts'
import { toIssue } from '../runtime/schema-check.ts'

/** A row that can be applied, or why it cannot; `undefined` for a line that is blank. */
export type CheckedRow = { readonly row: unknown } | { readonly message: string } | undefined

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** Reads and validates the lines of one command. */
export function compileRowCheck({
  input,
}: AnyOperation): (line: Uint8Array) => CheckedRow | Promise<CheckedRow> {
  const standard = (rowSchemaOf(input) as Schema)['~standard']
  return (line) => {
    const parsed = parse(line)
    if (parsed === undefined || 'message' in parsed) return parsed
    const checked = standard.validate(parsed.row)
    return checked instanceof Promise ? checked.then(told) : told(checked)
  }
}

type Result = Awaited<ReturnType<Schema['~standard']['validate']>>

function told(result: Result): CheckedRow {
  return result.issues === undefined
    ? { row: result.value }
    : { message: summarise(result.issues.map(toIssue)) }
}

function parse(line: Uint8Array): CheckedRow {
  try {
    const text = decoder.decode(line)
    return text.trim() === '' ? undefined : { row: JSON.parse(text) as unknown }
  } catch {
    return { message: 'it is no JSON in UTF-8' }
  }
}
