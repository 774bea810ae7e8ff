import { isObject, mapValues } from './json-schema.ts'

/**
 * A declaration as data that JSON can carry: signatures and tags by name, functions as `"(a function)"`, what is `undefined` left out.
 */
export function plainData(value: unknown): unknown {
  if (typeof value === 'function') return nameOf(value) ?? '(a function)'
  if (Array.isArray(value)) return value.map(plainData)
  if (isObject(value)) return nameOf(value) ?? plainObject(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : value
}

function plainObject(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const present = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
  return mapValues(present, plainData)
}

const DECLARATIONS = ['query', 'command', 'job', 'subscriber', 'projection', 'event', 'error', 'tag']

/** The name of a declaration. Contracts nest: without this, a command that another joins would be printed with its whole contract. */
function nameOf(value: object): string | undefined {
  const { kind, name, tagName } = value as {
    readonly kind?: unknown
    readonly name?: unknown
    readonly tagName?: unknown
  }
  if (typeof kind !== 'string' || !DECLARATIONS.includes(kind)) return undefined
  const found = tagName ?? name
  return typeof found === 'string' ? found : undefined
}
