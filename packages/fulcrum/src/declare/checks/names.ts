import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { invalidValue } from '../contract/refusals.ts'
import { RESERVED_WORDS } from './reserved-words.ts'

/** A module's name is the name of its PostgreSQL schema, used unquoted: lower case, at most 63 bytes. */
const MODULE = /^[a-z][a-z0-9_]{0,62}$/
const OPERATION = /^([a-z][a-z0-9_]{0,62})\.[a-z][A-Za-z0-9]{0,62}$/
const FACT = /^([a-z][a-z0-9_]{0,62})\.[A-Z][A-Za-z0-9]{0,62}$/

const TAKEN: readonly string[] = ['public', 'fulcrum', 'fulcrum_jobs', 'information_schema']

export function checkModuleName(name: unknown): FulcrumError[] {
  const allowed = moduleNameProblem(name)
  return allowed === undefined ? [] : [invalidValue(String(name), { path: 'name', found: name, allowed })]
}

/** What is allowed instead, where the name cannot be a module's. */
function moduleNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string' || !MODULE.test(name)) {
    return "a name of lower-case letters, digits and _, at most 63, beginning with a letter, such as 'orders': it names the module's PostgreSQL schema"
  }
  if (TAKEN.includes(name)) return `a name of its own: ${TAKEN.join(', ')} are taken`
  if (name.startsWith('pg_')) return 'a name that does not begin with pg_, which PostgreSQL keeps for itself'
  if (RESERVED_WORDS.has(name))
    return 'a name that is no reserved word of SQL, since it would have to be quoted in every statement'
  return undefined
}

export function checkOperationName(name: unknown): FulcrumError[] {
  if (typeof name === 'string' && OPERATION.test(name)) return []
  const allowed = "a module's name, a dot and a name in camelCase, such as 'orders.place'"
  return [invalidValue(String(name), { path: 'name', found: name, allowed })]
}

/** Names of errors and events: `orders.OutOfStock`. */
export function checkFactName(name: unknown): FulcrumError[] {
  if (typeof name === 'string' && FACT.test(name)) return []
  const allowed = "a module's name, a dot and a name in PascalCase, such as 'orders.OutOfStock'"
  return [invalidValue(String(name), { path: 'name', found: name, allowed })]
}

/** `orders` of `orders.place`. */
export function moduleOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('.')))
}
