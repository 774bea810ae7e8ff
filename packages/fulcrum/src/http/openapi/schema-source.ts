import type { ErrorDeclaration } from '../../declare/error.ts'
import { rowSchemaOf } from '../../declare/ndjson.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { jsonSchemaOf, type JsonSchema, type Schema } from '../../declare/schema.ts'

/** One JSON Schema document of the application: a side of an operation, or the data of an error. */
export interface SchemaSource {
  /** Name of the operation or the error. */
  readonly owner: string
  readonly side: 'input' | 'output' | 'data'
  /** `undefined` where its library cannot express it. */
  readonly document: JsonSchema | undefined
  /** It is that of a row, of which the input is a stream. */
  readonly isRow?: true
}

/** The sources of one operation; a side that the operation does not have is `undefined`. */
export interface OperationSources {
  readonly input: SchemaSource | undefined
  readonly output: SchemaSource | undefined
  /** In the order of the operation's errors. */
  readonly errors: readonly (SchemaSource | undefined)[]
}

export function sourcesOf(operation: AnyOperation): OperationSources {
  const { name, input, output } = operation
  return {
    input: rowSource(name, input) ?? source(name, 'input', input),
    output: source(name, 'output', output),
    errors: errorsOf(operation).map((error) => source(error.name, 'data', error.data)),
  }
}

/** The declared errors of any signature, typed. */
export function errorsOf({ errors }: AnyOperation): readonly ErrorDeclaration[] {
  return errors as readonly ErrorDeclaration[]
}

function rowSource(owner: string, input: unknown): SchemaSource | undefined {
  const row = rowSchemaOf(input)
  const own = source(owner, 'input', row)
  return own && { ...own, isRow: true }
}

function source(
  owner: string,
  side: SchemaSource['side'],
  schema: Schema | undefined,
): SchemaSource | undefined {
  if (schema === undefined) return undefined
  const document = jsonSchemaOf(schema, side === 'output' ? 'output' : 'input')
  return { owner, side, document: document === undefined ? undefined : plainJson(document) }
}

/** A copy that is JSON and nothing else: a library may leave methods, symbols or values in it that JSON cannot say. */
function plainJson(document: JsonSchema): JsonSchema | undefined {
  try {
    return JSON.parse(JSON.stringify(document)) as JsonSchema
  } catch {
    return undefined
  }
}
