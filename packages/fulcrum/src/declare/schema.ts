import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'

/**
 * Any schema of a library that implements Standard Schema (https://standardschema.dev): zod, valibot, arktype and others.
 * `In` is what is given to it, `Out` what comes out of it (after defaults, coercions and transforms).
 */
export type Schema<In = unknown, Out = unknown> = StandardSchemaV1<In, Out>

/** What a schema accepts. */
export type InputOf<S extends Schema> = StandardSchemaV1.InferInput<S>

/** What a schema produces. */
export type OutputOf<S extends Schema> = StandardSchemaV1.InferOutput<S>

/** A JSON Schema document (draft 2020-12), as far as Fulcrum looks into it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** The two sides of a schema that has both: what may be sent to it and what comes out of it. */
export type SchemaSide = 'input' | 'output'

/** A schema as JSON Schema, or why its library does not give one. */
export type Conversion =
  { readonly document: JsonSchema } | { readonly document: undefined; readonly reason: string }

/** One side of `schema` as JSON Schema, through Standard JSON Schema. */
export function convertSchema(schema: Schema, side: SchemaSide): Conversion {
  const { jsonSchema, vendor } = schema['~standard'] as Partial<StandardJSONSchemaV1.Props>
  if (jsonSchema === undefined) {
    return {
      document: undefined,
      reason: `schemas of ${vendor} do not implement Standard JSON Schema by themselves`,
    }
  }
  try {
    return { document: jsonSchema[side]({ target: 'draft-2020-12' }) }
  } catch (error) {
    // The standard lets a library throw for what JSON Schema cannot say.
    return {
      document: undefined,
      reason: `${vendor} says: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

/**
 * The JSON Schema of one side of `schema`, through Standard JSON Schema; `undefined` where its library does not implement it or cannot
 * express it (for example a transform without a declared output).
 */
export function jsonSchemaOf(schema: Schema, side: SchemaSide): JsonSchema | undefined {
  return convertSchema(schema, side).document
}

/** Whether `value` is a Standard Schema, of any library. */
export function isSchema(value: unknown): value is Schema {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
  const standard = (value as Partial<Schema>)['~standard']
  return typeof standard === 'object' && standard !== null && typeof standard.validate === 'function'
}
