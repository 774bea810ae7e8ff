import { DomainError, type ErrorDeclaration } from '../../declare/error.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Answer } from './client-of.ts'
import type { FetchResponse } from './options.ts'
import { isJsonType, problemOf } from './problem-document.ts'
import { isRemoteError, RemoteError } from './remote-error.ts'

/** How one attempt ended. */
export type Outcome =
  | { readonly answer: Answer<unknown> }
  | {
      readonly error: Error
      /** Trying again may help, if the operation may be tried again. */
      readonly passing: boolean
      /** What `Retry-After` said. */
      readonly retryAfter?: string | undefined
    }

/** What an outcome depends on besides the response. */
export interface OutcomeFacts {
  readonly operation: string
  readonly errors: readonly ErrorDeclaration[]
  /** The deadline of the call, in words. */
  readonly budget: string
}

/** What a complete response means. */
export function outcomeOf(response: FetchResponse, text: string, facts: OutcomeFacts): Outcome {
  const { status, headers } = response
  if (status >= 200 && status < 300) return success(response, text, facts)
  const error = failure(response, text, facts)
  // 504 is not a passing failure: the work takes too long, and more of it would take longer.
  const passing = status === 502 || status === 503 || isInFlight(error)
  return {
    error,
    passing,
    retryAfter: headers.get('retry-after') ?? undefined,
  }
}

/** A call with the same key is still running: soon there will be its answer. */
function isInFlight(error: Error): boolean {
  return isRemoteError(error, 'FUL-2016')
}

function success({ status, headers }: FetchResponse, text: string, { operation }: OutcomeFacts): Outcome {
  const header = (name: string): string | undefined => headers.get(name) ?? undefined
  const meta = {
    status,
    etag: header('etag'),
    source: header('fulcrum-source'),
    requestId: header('x-request-id'),
  }
  if (text === '') return { answer: { data: undefined, ...meta } }
  const type = headers.get('content-type')
  if (!isJsonType(type)) {
    return {
      error: unreadable(status, `it is ${type ?? 'of no stated type'}, not JSON`, operation),
      passing: false,
    }
  }
  try {
    return { answer: { data: JSON.parse(text) as unknown, ...meta } }
  } catch (error) {
    const reason = `it is not JSON (${(error as Error).message})`
    return { error: unreadable(status, reason, operation, error), passing: false }
  }
}

export function unreadable(
  status: number,
  reason: string,
  ...more: [operation: string, cause?: unknown]
): Error {
  const [operation, cause] = more
  return fulcrumError('FUL-7503', { status, reason }, { operation, cause })
}

/** Declared errors as themselves, a spent deadline as the one that clients know already, anything else as what the server said. */
function failure(response: FetchResponse, text: string, { operation, errors, budget }: OutcomeFacts): Error {
  const problem = problemOf(response, text)
  const requestId = response.headers.get('x-request-id') ?? undefined
  const remote = new RemoteError(problem, { operation, requestId })
  if (problem.code === 'FUL-3001') return fulcrumError('FUL-3001', { budget }, { operation, cause: remote })
  const declaration = errors.find(({ name }) => name === problem.code)
  if (declaration === undefined) return remote
  const domainError = new DomainError(declaration, problem.data)
  domainError.cause = remote
  return domainError
}
