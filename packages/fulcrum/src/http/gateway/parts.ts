import type { PrincipalResolver } from '../../declare/principal.ts'
import type { Clock } from '../../kernel/clock.ts'
import { problemResponse, type ProblemFacts } from './problem-response.ts'
import type { RequestIds } from './request-id.ts'
import type { Visits } from './session/visits.ts'
import type { WireResponse } from './wire.ts'

/** An answer with a status from 500 on: for the log, with everything that the caller is not told. */
export interface Failure {
  readonly error: unknown
  readonly status: number
  readonly requestId: string
  readonly operation: string | undefined
  /** The W3C trace of the request, where it came with one. */
  readonly traceId: string | undefined
}

export interface GatewayLog {
  /** Must not throw. */
  failed(failure: Failure): void
}

/** What all routes of a gateway share. */
export interface GatewayParts {
  readonly clock: Clock
  readonly ids: RequestIds
  readonly principal: PrincipalResolver | undefined
  readonly log: GatewayLog | undefined
  /** `undefined` in an application without sessions. */
  readonly visits: Visits | undefined
  /** In bytes. */
  readonly bodyLimit: number
}

/** Answers an error, and logs it when it is the server's fault. */
export function answerError(error: unknown, facts: ProblemFacts, log: GatewayLog | undefined): WireResponse {
  const response = problemResponse(error, facts)
  const { status } = response
  if (status >= 500 && log !== undefined) {
    const { requestId, operation, traceId } = facts
    log.failed({ error, status, requestId, operation, traceId })
  }
  return response
}
