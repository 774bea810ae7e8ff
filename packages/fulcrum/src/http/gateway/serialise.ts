import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type JsonSchema, jsonSchemaOf } from '../../declare/schema.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { isObject } from '../openapi/json-schema.ts'

/** Makes JSON of an output; `undefined` for no output. Throws `OutputInvalid` for what JSON cannot say. */
export type Serialise = (output: unknown) => string | undefined

/**
 * The serialiser of one operation. JSON has no NaN, no Infinity and no bigint: `JSON.stringify` throws for the last and writes `null` for the
 * others. Where the output's JSON Schema leaves no room for them they cannot occur, and nothing is looked at twice.
 */
export function compileSerialise({ name, output }: AnyOperation): Serialise {
  const document = output && jsonSchemaOf(output, 'output')
  const replacer =
    output === undefined || (document !== undefined && !isLoose(document)) ? undefined : finiteOnly(name)
  return (value) => (value === undefined ? undefined : stringify(value, name, replacer))
}

type Replacer = (key: string, value: unknown) => unknown

function finiteOnly(operation: string): Replacer {
  return (_, value) => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw invalid(operation, `${value} has no JSON form`)
    return value
  }
}

function stringify(value: unknown, operation: string, replacer: Replacer | undefined): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value, replacer)
  } catch (error) {
    throw isFulcrumError(error) ? error : invalid(operation, (error as Error).message, error)
  }
  if (text === undefined) throw invalid(operation, `a ${typeof value} has no JSON form`)
  return text
}

function invalid(operation: string, summary: string, cause?: unknown): Error {
  return fulcrumError('FUL-3008', { summary }, { operation, cause })
}

/** Keywords that hold a schema, a list of schemas or a map of schemas, of those that describe values. */
const ONE = ['items', 'additionalProperties', 'unevaluatedProperties']
const MANY = [
  'prefixItems',
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'allOf',
  'anyOf',
  'oneOf',
]

/** Whether some part of a schema leaves open what its values are. Looks at definitions where they stand, so references need no following. */
function isLoose(node: unknown): boolean {
  if (node === false) return false
  if (!isObject(node) || leavesOpen(node)) return true
  const parts = [
    ...ONE.map((keyword) => node[keyword]),
    ...MANY.flatMap((keyword): unknown[] => Object.values(node[keyword] ?? {})),
  ]
  return parts.some((part) => part !== undefined && isLoose(part))
}

function leavesOpen(node: JsonSchema): boolean {
  const has = (...keywords: string[]): boolean => keywords.some((keyword) => keyword in node)
  const types = [node['type']].flat()
  if (types.includes('object') && !has('additionalProperties', 'unevaluatedProperties')) return true
  if (types.includes('array') && !has('items', 'prefixItems')) return true
  return !has('type', 'const', 'enum', '$ref', 'allOf', 'anyOf', 'oneOf')
}
