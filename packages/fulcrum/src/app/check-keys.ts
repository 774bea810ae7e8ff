import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'

const SHORTEST_KEY = 32
const ALLOWED = `a list of different secrets of at least ${SHORTEST_KEY} characters, the one that signs first`

/** What is wrong with a list of secrets. */
export function checkKeys(keys: unknown, field: string): FulcrumError[] {
  return areKeys(keys)
    ? []
    : [fulcrumError('FUL-1012', { field, found: describeAll(keys), allowed: ALLOWED })]
}

function areKeys(keys: unknown): boolean {
  if (!Array.isArray(keys) || keys.length === 0 || new Set(keys).size < keys.length) return false
  return keys.every((key) => typeof key === 'string' && key.length >= SHORTEST_KEY)
}

/** Says what is there without saying what it is: errors are printed and logged. */
function describeAll(keys: unknown): string {
  return Array.isArray(keys) ? `[${keys.map(describeKey).join(', ')}]` : typeof keys
}

function describeKey(key: unknown): string {
  return typeof key === 'string' ? `a text of ${key.length} characters` : typeof key
}
