import { routeOf } from '../../declare/define.ts'
import type { ErrorDeclaration } from '../../declare/error.ts'
import { rowSchemaOf } from '../../declare/ndjson.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Clock } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Random } from '../../kernel/random.ts'
import { attempt, type Attempt } from './attempt.ts'
import { waitBefore } from './backoff.ts'
import type { Answer } from './client-of.ts'
import { compileEncode, type Encode } from './encode.ts'
import { deadlineOption } from './invalid-option.ts'
import type { CommandTerms, Fetch } from './options.ts'
import type { HeaderSource } from './request-headers.ts'
import { requestHeaders } from './request-headers.ts'
import type { Session } from './session.ts'

/** What the calls of one client share. */
export interface Transport {
  readonly base: string
  readonly fetch: Fetch
  readonly clock: Clock
  readonly random: Random
  readonly headers: HeaderSource
  readonly session: Session
  /** Of a call that does not say, in milliseconds; `undefined` when the client does not say either. */
  readonly deadline: number | undefined
  readonly attempts: number
}

/** What a call may take when nobody says: long enough for any answer that somebody waits for, and not for ever. */
const DEFAULT_DEADLINE = 30_000

export type Call = (input: unknown, terms?: CommandTerms) => Promise<Answer<unknown>>

/** Compiles the calls of one operation. An operation without a route has calls that say so. */
export function compileCall(operation: AnyOperation, transport: Transport): Call {
  const { name } = operation
  const route = routeOf(operation)
  if (route === undefined) return () => Promise.reject(fulcrumError('FUL-7500', {}, { operation: name }))
  const hasRows = rowSchemaOf(operation.input) !== undefined
  const encode = compileEncode({ name, route, hasRows })
  const isCommand = operation.kind === 'command'
  const errors = operation.errors as readonly ErrorDeclaration[]
  const takesInput = operation.input !== undefined
  const once = isCommand ? operation.contract.idempotency : undefined
  const isOnce = typeof once === 'object'
  const takesKey = isOnce && once.key === 'header'
  const compiled = {
    name,
    method: route.method,
    encode,
    errors,
    isCommand,
    isOnce,
    takesKey,
    takesInput,
    hasRows,
  }
  return (input, terms = {}) => callWithin(compiled, transport, { input, terms })
}

interface CompiledCall {
  readonly name: string
  readonly method: string
  readonly encode: Encode
  readonly errors: readonly ErrorDeclaration[]
  readonly isCommand: boolean
  /** However often it is sent, it takes effect once. */
  readonly isOnce: boolean
  readonly takesKey: boolean
  readonly takesInput: boolean
  readonly hasRows: boolean
}

interface Given {
  readonly input: unknown
  readonly terms: CommandTerms
}

async function callWithin(
  call: CompiledCall,
  transport: Transport,
  { input, terms }: Given,
): Promise<Answer<unknown>> {
  const { name } = call
  const stated = deadlineOption(terms.deadline, name) ?? transport.deadline
  const { target, body } = call.encode(call.takesInput ? input : undefined)
  const ms = stated ?? DEFAULT_DEADLINE
  const idempotencyKey = call.takesKey
    ? (terms.idempotencyKey ?? transport.random.uuid())
    : terms.idempotencyKey
  const deadline = Deadline.after(transport.clock, ms, { operation: name })
  if (terms.signal !== undefined) deadline.link(terms.signal)
  try {
    return await retried(call, transport, {
      deadline,
      session: terms.session ?? transport.session,
      url: `${transport.base}${target}`,
      method: call.method,
      body,
      budget: formatDuration(ms),
      headers: (tokens) =>
        requestHeaders({
          operation: name,
          source: transport.headers,
          terms: { ...terms, ...(idempotencyKey !== undefined && { idempotencyKey }) },
          tokens,
          bodyType:
            body === undefined ? undefined : call.hasRows ? 'application/x-ndjson' : 'application/json',
          remaining: stated === undefined ? undefined : () => deadline.remaining(),
        }),
    })
  } finally {
    // Not `using`: browsers without Symbol.dispose would throw.
    deadline[Symbol.dispose]()
  }
}

async function retried(call: CompiledCall, transport: Transport, each: Attempt): Promise<Answer<unknown>> {
  const { clock } = transport
  const most = call.isCommand && !call.isOnce ? 1 : transport.attempts
  for (let number = 1; ; number++) {
    const outcome = await attempt(each, call, transport.fetch)
    if ('answer' in outcome) return outcome.answer
    if (!outcome.passing || number >= most) throw outcome.error
    const wait = waitBefore(number, outcome.retryAfter, transport)
    // Waiting for a deadline to pass helps nobody: what is known now is the better answer.
    if (wait >= each.deadline.remaining()) throw outcome.error
    await clock.sleep(wait, each.deadline.signal)
  }
}
