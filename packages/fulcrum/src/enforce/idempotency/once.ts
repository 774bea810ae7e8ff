import { hash } from 'node:crypto'
import type { IdempotencyTerms } from '../../declare/contract/contract.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Principal } from '../../declare/principal.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { canonical } from '../cache/cache-key.ts'

/** What makes a call the same as another one, and what tells that it is not. */
export interface Once {
  /** Of whose call it is, of what, under which key: 32 hexadecimal digits. */
  readonly id: string
  /** Of its input: 32 hexadecimal digits. */
  readonly fingerprint: string
}

/** What a call says about itself. */
export interface OnceFacts {
  readonly principal: Principal | undefined
  readonly idempotencyKey: string | undefined
  readonly ifMatch: string | undefined
}

export const LONGEST_KEY = 255

/** Half of a SHA-256: 128 bits, the size of the database's `uuid`. */
const DIGITS = 32

/**
 * Makes what tells the calls of one command apart. A key counts for one principal of one tenant and one command: the same key of somebody else is another
 * call. What asks for another precondition is another request, so `If-Match` belongs to the fingerprint.
 *
 * @throws FUL-2014 without a key, FUL-2007 for one that cannot be used, FUL-3020 where the function of the contract makes none.
 */
export function compileOnce({ name, contract }: AnyOperation): (call: OnceFacts, input: unknown) => Once {
  const { key } = contract.idempotency as IdempotencyTerms
  const keyOf = key === 'header' ? keyGiven(name) : keyMade(name, key as (input: unknown) => string)
  return (call, input) => {
    const { principal, ifMatch = null } = call
    const scope = [principal?.tenant ?? null, principal?.id ?? null, name, keyOf(call, input)]
    const id = digest(JSON.stringify(scope))
    return { id, fingerprint: digest(`${JSON.stringify(ifMatch)}${canonical(input, name)}`) }
  }
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, DIGITS)
}

type KeyOf = (call: OnceFacts, input: unknown) => string

function keyGiven(operation: string): KeyOf {
  return ({ idempotencyKey }) => {
    if (idempotencyKey === undefined) throw fulcrumError('FUL-2014', {}, { operation })
    if (isKey(idempotencyKey)) return idempotencyKey
    const reason = `a key has 1 to ${LONGEST_KEY} characters`
    throw fulcrumError('FUL-2007', { part: 'Idempotency-Key', reason }, { operation })
  }
}

function keyMade(operation: string, key: (input: unknown) => string): KeyOf {
  return (_, input) => {
    const made: unknown = key(input)
    if (isKey(made)) return made
    throw fulcrumError('FUL-3020', { found: show(made), longest: LONGEST_KEY }, { operation })
  }
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_KEY
}
