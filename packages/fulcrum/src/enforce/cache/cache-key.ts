import type { CacheScope } from '../../declare/contract/vocabulary.ts'
import { membersOf } from '../../declare/json-shape.ts'
import type { Principal } from '../../declare/principal.ts'
import { jsonSchemaOf, type Schema } from '../../declare/schema.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** Makes the key of a validated input: equal for equal inputs, different for different ones. */
export type InputKey = (input: unknown) => string

/** Whose inputs are keyed: for errors, and what is known of them. */
export interface KeyedOperation {
  readonly name: string
  readonly input: Schema | undefined
}

/**
 * The key of an operation's inputs. What the schema says of them is looked at once: an input whose only member is a string is its own key, which
 * is what most point reads have, and costs nothing.
 *
 * @throws `FUL-3017`, when a key is made, where an input holds something that cannot be told from another one.
 */
export function compileInputKey({ name, input: schema }: KeyedOperation): InputKey {
  if (schema === undefined) return () => ''
  const only = onlyMember(schema)
  const whole: InputKey = (input) => canonical(input, name)
  if (only === undefined) return whole
  return (input) => {
    const value = (input as Readonly<Record<string, unknown>>)[only]
    // Where it is another type than the schema promised, the whole input is the key; that starts with a brace, so the two forms do not meet.
    return typeof value === 'string' && value.charCodeAt(0) !== BRACE ? value : whole(input)
  }
}

const BRACE = 0x7b

/** The name of the only member of an object schema that allows no others. What comes out of a schema may have been renamed by it. */
function onlyMember(schema: Schema): string | undefined {
  const root = jsonSchemaOf(schema, 'output')
  const members = root === undefined ? undefined : membersOf({ schema: root, root })
  if (members === undefined || members.open || members.all.size !== 1) return undefined
  const [name] = members.all.keys()
  return name
}

/**
 * JSON with sorted members, and forms that JSON does not have for what JSON cannot say, so that `1`, `'1'`, `1n` and a date do not meet. Members
 * that are undefined count as absent.
 */
export function canonical(value: unknown, operation: string): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      return value === null ? 'null' : ofObject(value, operation)
    case 'function':
    case 'symbol':
      throw notKeyed(typeof value, operation)
  }
}

function ofObject(value: object, operation: string): string {
  if (Array.isArray(value)) return ofList(value, operation)
  if (isPlain(value)) return ofRecord(value, operation)
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (value instanceof Map) return `Map${ofList([...value], operation)}`
  if (value instanceof Set) return `Set${ofList([...value], operation)}`
  const { name } = value.constructor
  if (ArrayBuffer.isView(value)) return `${name}(${base64(value)})`
  // Such as URL and the types of Temporal: they say themselves what tells them apart.
  if (tellsItself(value)) return `${name}(${canonical(value.toJSON(), operation)})`
  throw notKeyed(name, operation)
}

function tellsItself(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function ofList(list: readonly unknown[], operation: string): string {
  // Not `map`, which would leave out holes.
  return `[${Array.from(list, (item) => canonical(item, operation)).join(',')}]`
}

function ofRecord(record: Readonly<Record<string, unknown>>, operation: string): string {
  let members = ''
  for (const name of Object.keys(record).sort()) {
    const value = record[name]
    if (value === undefined) continue
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonical(value, operation)}`
  }
  return `{${members}}`
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

function notKeyed(found: string, operation: string): Error {
  return fulcrumError('FUL-3017', { found }, { operation })
}

/** Puts whose entry it is in front of a key. Lengths keep apart what would be equal when joined. */
export type ScopeKey = (key: string, principal: Principal | undefined) => string

/** The roles are a part of whose it is: after they have changed, nobody is served what the former ones were shown. */
const SCOPES: Readonly<Record<CacheScope, ScopeKey>> = {
  public: (key) => key,
  tenant: (key, principal) => (principal === undefined ? `!${key}` : `${part(principal.tenant)}${key}`),
  principal: (key, principal) => (principal === undefined ? `!${key}` : `${whose(principal)}${key}`),
}

export function scopeKey(scope: CacheScope): ScopeKey {
  return SCOPES[scope]
}

function whose({ tenant, id, roles = NO_ROLES }: Principal): string {
  const own = `${part(tenant)}${part(id)}`
  return roles.length === 0 ? `${own};` : `${own}${roles.toSorted().map(part).join('')};`
}

const NO_ROLES: readonly string[] = Object.freeze([])

function part(text: string | undefined): string {
  return text === undefined ? '-' : `${text.length}:${text}`
}

/**
 * The same key for machines that take bytes. Texts that UTF-8 cannot say (unpaired surrogates) would all become the same bytes, so they are
 * escaped.
 */
export function byteSafe(key: string): string {
  return key.isWellFormed() ? `:${key}` : `~${JSON.stringify(key)}`
}
