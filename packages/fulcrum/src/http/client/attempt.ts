import type { ErrorDeclaration } from '../../declare/error.ts'
import type { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Fetch, FetchResponse } from './options.ts'
import { type Outcome, outcomeOf, unreadable } from './outcome.ts'
import type { Session } from './session.ts'

/** What every attempt of one call sends. */
export interface Attempt {
  readonly url: string
  readonly method: string
  readonly body: string | undefined
  readonly deadline: Deadline
  /** In words. */
  readonly budget: string
  readonly session: Session
  readonly headers: (tokens: readonly string[]) => Promise<Record<string, string>>
}

/** Whose attempt it is. */
export interface AttemptedOperation {
  readonly name: string
  readonly errors: readonly ErrorDeclaration[]
  readonly isCommand: boolean
}

/** Sends the request once. Throws when the call is over (deadline, abort) or cannot be sent; whatever else happens is an outcome. */
export async function attempt(each: Attempt, operation: AttemptedOperation, fetch: Fetch): Promise<Outcome> {
  const { deadline, session, budget } = each
  const sent = session.tokens
  const headers = await within(deadline, each.headers(sent))
  deadline.throwIfOver()
  const sending = send(each, headers, fetch).catch((error: unknown) => new Lost(error))
  const response = await within(deadline, sending)
  if (response instanceof Lost) return noAnswer(response.reason, each, operation)
  const received = response.headers.get('fulcrum-token')
  const wasReset = response.headers.get('fulcrum-session') === 'reset'
  if (received !== null && received !== '') session.advance(sent, received, wasReset)
  const text = await within(
    deadline,
    response.text().catch((error: unknown) => new Lost(error)),
  )
  if (text instanceof Lost) return cutOff(response, text.reason, { each, operation })
  return outcomeOf(response, text, { operation: operation.name, errors: operation.errors, budget })
}

/** `work`, or the rejection of a deadline that is over first: whoever does the work need not heed the signal. */
function within<T>({ signal }: Deadline, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const over = (): void => reject(signal.reason as Error)
    if (signal.aborted) over()
    signal.addEventListener('abort', over, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', over))
  })
}

/** A rejection, told apart from whatever `fetch` resolves with. */
class Lost {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

async function send(each: Attempt, headers: Record<string, string>, fetch: Fetch): Promise<FetchResponse> {
  const { url, method, body, deadline } = each
  const { signal } = deadline
  return fetch(url, { method, headers, signal, redirect: 'manual', ...(body !== undefined && { body }) })
}

function noAnswer(
  reason: unknown,
  { url, deadline }: Attempt,
  { name, isCommand }: AttemptedOperation,
): Outcome {
  deadline.throwIfOver()
  const consequence = isCommand ? ' Whether the command was carried out is unknown.' : ''
  const params = { server: originOf(url), reason: reasonOf(reason), consequence }
  return { error: fulcrumError('FUL-7502', params, { operation: name, cause: reason }), passing: true }
}

interface CutOffFacts {
  readonly each: Attempt
  readonly operation: AttemptedOperation
}

/** The status is known, the rest is not. */
function cutOff(response: FetchResponse, reason: unknown, { each, operation }: CutOffFacts): Outcome {
  each.deadline.throwIfOver()
  const { name, errors } = operation
  const { status } = response
  if (status < 200 || status >= 300)
    return outcomeOf(response, '', { operation: name, errors, budget: each.budget })
  return { error: unreadable(status, `it was cut off (${reasonOf(reason)})`, name, reason), passing: true }
}

/** Without the path, which may hold what logs should not. */
function originOf(url: string): string {
  return /^[a-z]+:\/\/(?:[^/@]*@)?([^/?#]+)/i.exec(url)?.[1] ?? 'the server'
}

/** The innermost cause that says something: `fetch` itself only says that it failed. */
function reasonOf(error: unknown): string {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown }
  if (cause !== undefined && cause !== null) return reasonOf(cause)
  if (typeof code === 'string') return code
  return typeof message === 'string' && message !== '' ? message : 'the connection failed'
}
