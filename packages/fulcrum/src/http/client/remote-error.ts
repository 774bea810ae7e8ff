import { FulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Issue } from '../../kernel/errors/row.ts'

/** What a server said about an error: a problem document (RFC 9457), as far as there was one. */
export interface RemoteProblem {
  /** The status of the answer, whatever the document says. */
  readonly status: number
  readonly title: string
  readonly detail?: string
  /** Tells errors apart: `FUL-2008`, `orders.OutOfStock`. Absent where something other than Fulcrum answered. */
  readonly code?: string
  readonly type?: string
  readonly instance?: string
  readonly operation?: string
  /** Every problem of a refused input, for `FUL-2001`. */
  readonly issues?: readonly Issue[]
  /** The data of a domain error. */
  readonly data?: unknown
  readonly traceId?: string
}

export interface RemoteErrorOptions {
  readonly operation: string
  readonly requestId: string | undefined
}

/**
 * The server answered with an error that the operation's signature does not declare: an invalid input (`FUL-2001`), a version that is not current
 * (`FUL-2008`), a proxy's 502. Recognise it with `isRemoteError`; `problem` is what the server said, `status` is the server's.
 */
export class RemoteError extends FulcrumError<'FUL-7504'> {
  override readonly status: number
  readonly problem: RemoteProblem
  /** Finds the error in the server's log. */
  readonly requestId: string | undefined

  constructor(problem: RemoteProblem, { operation, requestId }: RemoteErrorOptions) {
    const { status, title, detail = `${title}.`, code = 'no problem document' } = problem
    super('FUL-7504', { status, problem: code, detail }, { operation })
    this.status = status
    this.problem = Object.freeze(problem)
    this.requestId = requestId
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), problem: this.problem, requestId: this.requestId }
  }
}

/** Whether `error` is what a server answered; with a code, whether it is that one: `isRemoteError(error, 'FUL-2008')`. */
export function isRemoteError(error: unknown, code?: string): error is RemoteError {
  if (!isFulcrumError(error, 'FUL-7504')) return false
  return code === undefined || (error as RemoteError).problem.code === code
}
