import type { AnyOperation } from '../../declare/operation.ts'
import { createRealClock } from '../../kernel/clock-real.ts'
import { createRealRandom } from '../../kernel/random-real.ts'
import { type Call, compileCall, type Transport } from './caller.ts'
import type { Client } from './client-of.ts'
import { deadlineOption, invalidOption } from './invalid-option.ts'
import type { ClientOptions, CommandTerms, Fetch } from './options.ts'
import { createSession } from './session.ts'
import { timerClock } from './timer-clock.ts'

/**
 * A typed client of an application, from its signatures: nothing is generated, and nothing of the server is imported. Runs wherever there is
 * `fetch`.
 *
 * ```ts
 * import * as profiles from './modules/profiles/api.ts'
 *
 * const client = createClient({ baseUrl: 'https://api.example.com', operations: { profiles } })
 * const profile = await client.profiles.getProfile({ userId }, { deadline: '500ms' })
 * ```
 *
 * Calls reject with a `DomainError` where the signature declares the error (`isDomainError`), with `FUL-3001` when the deadline has passed, with
 * `FUL-2010` when `signal` aborted, with a `RemoteError` for what else the server says (`isRemoteError`), and with `FUL-75…` for what went wrong on
 * the way. Queries, and commands that take effect once however often they are sent (`idempotency`), are tried again when no answer came, on 502 and 503,
 * and while the same call is still running; other commands never.
 * Outputs are typed, not validated.
 */
export function createClient<const Operations extends Readonly<Record<string, unknown>>>(
  options: ClientOptions<Operations>,
): Client<Operations> {
  const transport = transportOf(options)
  const methods = Object.entries(options.operations).flatMap(([name, value]) => {
    const found = isCallable(value) ? methodOf(value, transport) : moduleMethods(value, transport)
    return found === undefined ? [] : [[name, found] as const]
  })
  return Object.freeze(Object.fromEntries(methods)) as Client<Operations>
}

function transportOf(options: ClientOptions<unknown>): Transport {
  const { baseUrl, attempts = 3, headers, session = createSession() } = options
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw invalidOption({ field: 'attempts', found: attempts, allowed: 'a whole number from 1' })
  }
  return {
    base: baseOf(baseUrl),
    fetch: options.fetch ?? globalFetch,
    clock: timerClock(options.clock ?? createRealClock()),
    random: options.random ?? createRealRandom(),
    headers,
    session,
    deadline: deadlineOption(options.deadline),
    attempts,
  }
}

/** Asked for by every call: what replaces the global one later (instrumentation, tests) counts. */
const globalFetch: Fetch = (url, request) => globalThis.fetch(url, request)

/** Routes begin with a slash; query and fragment have no place in a base. */
function baseOf(baseUrl: string | URL): string {
  const text = String(baseUrl)
  if (/[?#\s]/.test(text) || (/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^https?:\/\/[^/]/i.test(text))) {
    throw invalidOption({
      field: 'baseUrl',
      found: text,
      allowed: 'an http(s) URL or a path, without a query',
    })
  }
  return text.replace(/\/+$/, '')
}

type AnyMethod = ((input?: unknown, terms?: CommandTerms) => Promise<unknown>) & { readonly withMeta: Call }

function methodOf(operation: AnyOperation, transport: Transport): AnyMethod {
  const withMeta = compileCall(operation, transport)
  const method = async (input?: unknown, terms?: CommandTerms): Promise<unknown> =>
    (await withMeta(input, terms)).data
  return Object.freeze(Object.assign(method, { withMeta }))
}

/** The queries and commands among a module's exports; `undefined` where there are none. */
function moduleMethods(
  value: unknown,
  transport: Transport,
): Readonly<Record<string, AnyMethod>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const methods = Object.entries(value).flatMap(([name, member]) =>
    isCallable(member) ? [[name, methodOf(member, transport)] as const] : [],
  )
  return methods.length === 0 ? undefined : Object.freeze(Object.fromEntries(methods))
}

function isCallable(value: unknown): value is AnyOperation {
  if (typeof value !== 'object' || value === null) return false
  const { kind, name, contract } = value as Partial<AnyOperation>
  return (kind === 'query' || kind === 'command') && typeof name === 'string' && typeof contract === 'object'
}
