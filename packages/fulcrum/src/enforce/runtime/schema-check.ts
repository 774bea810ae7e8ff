import type { AnyOperation } from '../../declare/operation.ts'
import type { Schema } from '../../declare/schema.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Issue } from '../../kernel/errors/row.ts'
import { summarise, validationFailed } from '../../kernel/errors/validation.ts'
import type { Call } from './call.ts'

type Result = Awaited<ReturnType<Schema['~standard']['validate']>>
type SchemaIssue = NonNullable<Result['issues']>[number]

/** Turns a value into what a schema makes of it. Synchronous wherever the schema is, else a native promise. */
export type Check = (value: unknown) => unknown

/** The input of an operation; what does not match is the caller's fault: `ValidationFailed` with every issue. */
export function checkInput(schema: Schema | undefined, operation: string): Check {
  if (schema === undefined) return () => undefined
  return checkWith(schema, (issues) => validationFailed(issues.map(toIssue), { operation }))
}

/** The output of an operation; what does not match is the handler's fault: `OutputInvalid`. */
export function checkOutput(schema: Schema | undefined, operation: string): Check {
  if (schema === undefined) return () => undefined
  return checkWith(schema, (issues) => {
    const list = issues.map(toIssue)
    return fulcrumError('FUL-3008', { summary: summarise(list) }, { operation, cause: list })
  })
}

/** What does not match becomes what `failure` makes of the issues. */
export function checkWith(schema: Schema, failure: (issues: readonly SchemaIssue[]) => Error): Check {
  const standard = schema['~standard']
  const unwrap = (result: Result): unknown => {
    if (result.issues !== undefined) throw failure(result.issues)
    return result.value
  }
  return (value) => {
    const result = standard.validate(value)
    if (result instanceof Promise) return result.then(unwrap)
    if (result.issues !== undefined) throw failure(result.issues)
    return result.value
  }
}

export function toIssue({ path = [], message }: SchemaIssue): Issue {
  return { path: path.map(segmentKey).join('.'), message }
}

function segmentKey(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment)
}

/** `CallScope.finish` of an operation: its output's schema, then its version. */
export function finishOutput({
  name,
  output,
  version,
}: AnyOperation): (call: Call, returned: unknown) => unknown {
  const check = checkOutput(output, name)
  if (version === undefined) return (_call, returned) => check(returned)
  const note = (call: Call, value: unknown): unknown => {
    call.version = version(value as never)
    return value
  }
  return (call, returned) => {
    const value = check(returned)
    return value instanceof Promise ? value.then((settled) => note(call, settled)) : note(call, value)
  }
}
