import { type DomainError, isDomainError } from '../../declare/error.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import {
  type Problem,
  PROBLEM_MEDIA_TYPE,
  problemHeaders,
  problemType,
  toProblem,
} from '../../kernel/errors/problem.ts'
import type { Issue } from '../../kernel/errors/row.ts'
import type { Origin } from './decode/input.ts'
import { instanceOf } from './request-id.ts'
import { safeHeaders } from './respond.ts'
import type { WireResponse } from './wire.ts'

/** The problem document as callers over HTTP get it (RFC 9457). */
export interface WireProblem extends Problem {
  /** The data of a declared domain error. */
  readonly data?: unknown
  /** The W3C trace that the request belongs to, where it came with one. */
  readonly traceId?: string
}

export interface ProblemFacts {
  readonly requestId: string
  readonly operation?: string | undefined
  readonly traceId?: string | undefined
  /** Tells where an issue's value came from. */
  readonly origin?: ((path: string) => Origin) | undefined
}

/** The response for an error of any kind. What is not meant for callers is left out of it. */
export function problemResponse(error: unknown, facts: ProblemFacts): WireResponse {
  const problem = isDomainError(error) ? ofDomainError(error, facts) : ofOther(error, facts)
  const headers = safeHeaders(facts.requestId)
  headers.push('content-type', PROBLEM_MEDIA_TYPE)
  for (const [name, value] of Object.entries(problemHeaders(error))) headers.push(name, value)
  if (isFulcrumError(error, 'FUL-2006')) headers.push('accept-encoding', 'identity')
  const close = isFulcrumError(error, 'FUL-2005')
  return { status: problem.status, headers, body: bodyOf(problem), error, ...(close && { close }) }
}

function ofDomainError({ declaration, data }: DomainError, facts: ProblemFacts): WireProblem {
  return {
    type: problemType(declaration.name),
    title: declaration.title,
    status: declaration.status,
    detail: `${declaration.title}.`,
    instance: instanceOf(facts.requestId),
    code: declaration.name,
    ...(facts.operation !== undefined && { operation: facts.operation }),
    ...(data !== undefined && { data }),
    ...traced(facts),
  }
}

function ofOther(error: unknown, facts: ProblemFacts): WireProblem {
  const { operation, requestId } = facts
  const problem = toProblem(error, { operation, instance: instanceOf(requestId) })
  return { ...problem, ...located(problem, facts), ...traced(facts) }
}

/** Issues of the operation's own input say which part of the request they are about; those of operations that it called do not. */
function located({ issues, operation }: Problem, facts: ProblemFacts): { issues?: readonly Issue[] } {
  const { origin } = facts
  if (issues === undefined || origin === undefined || operation !== facts.operation) return {}
  return { issues: issues.map((issue) => ({ ...issue, in: 'in' in issue ? issue.in : origin(issue.path) })) }
}

function traced({ traceId }: ProblemFacts): { traceId?: string } {
  return traceId === undefined ? {} : { traceId }
}

/** The data of a domain error is a handler's; when JSON cannot say it, callers still get the error without it. */
function bodyOf(problem: WireProblem): string {
  try {
    return JSON.stringify(problem)
  } catch {
    const { data: _, ...rest } = problem
    return JSON.stringify(rest)
  }
}
