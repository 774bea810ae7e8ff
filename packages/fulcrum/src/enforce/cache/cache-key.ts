import type { CacheScope } from '../../declare/contract/vocabulary.ts'
import { membersOf } from '../../declare/json-shape.ts'
import type { Principal } from '../../declare/principal.ts'
import { jsonSchemaOf, type Schema } from '../../declare/schema.ts'

/** Makes the key of a validated input: equal for equal inputs, different for different ones. */
export type InputKey = (input: unknown) => string

/**
 * The key of an operation's inputs. What the schema says of them is looked at once: an input whose only member is a string is its own key, which
 * is what most point reads have, and costs nothing.
 */
export function compileInputKey(schema: Schema | undefined): InputKey {
  if (schema === undefined) return () => ''
  const only = onlyMember(schema)
  if (only === undefined) return canonical
  return (input) => {
    const value = (input as Readonly<Record<string, unknown>>)[only]
    // Another type than the schema promised: the text of a string starts with no brace, so the two forms do not meet.
    return typeof value === 'string' && !value.startsWith('{') ? value : canonical(input)
  }
}

/** The name of the only member of an object schema that allows no others. What comes out of a schema may have been renamed by it. */
function onlyMember(schema: Schema): string | undefined {
  const root = jsonSchemaOf(schema, 'output')
  const members = root === undefined ? undefined : membersOf({ schema: root, root })
  if (members === undefined || members.open || members.all.size !== 1) return undefined
  const [name] = members.all.keys()
  return name
}

/** JSON with sorted members and tagged scalars, so that `1`, `'1'`, `1n` and a date do not meet. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return scalar(value)
  if (value instanceof Date) return `{"$date":${value.getTime()}}`
  if (value instanceof Map) return `{"$map":${canonical([...value])}}`
  if (value instanceof Set) return `{"$set":${canonical([...value])}}`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
  return `{${members.join(',')}}`
}

function scalar(value: unknown): string {
  if (typeof value === 'bigint') return `{"$bigint":${value}}`
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value)
  return JSON.stringify(value) ?? '{"$undefined":true}'
}

/** Puts whose entry it is in front of a key. Lengths keep apart what would be equal when joined. */
export type ScopeKey = (key: string, principal: Principal | undefined) => string

const SCOPES: Readonly<Record<CacheScope, ScopeKey>> = {
  public: (key) => key,
  tenant: (key, principal) => `${part(principal?.tenant)}${key}`,
  principal: (key, principal) => `${part(principal?.tenant)}${part(principal?.id)}${key}`,
}

export function scopeKey(scope: CacheScope): ScopeKey {
  return SCOPES[scope]
}

function part(id: string | undefined): string {
  return id === undefined ? '-;' : `${id.length}:${id};`
}
