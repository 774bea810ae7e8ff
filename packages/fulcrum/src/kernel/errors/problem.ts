import { type FulcrumError, isFulcrumError } from './fulcrum-error.ts'
import type { ErrorRow, Extensions } from './row.ts'
import { ERRORS, type ErrorCode } from './table.ts'

/** A problem document: RFC 9457, with `code` and `operation` as extension members. */
export interface Problem extends Partial<Extensions> {
  /** `urn:fulcrum:error:<code>`. */
  readonly type: string
  readonly title: string
  readonly status: number
  /** What happened this time, as far as a remote caller may know. */
  readonly detail: string
  /** Identifies this occurrence, e.g. `urn:uuid:…` of the request id. */
  readonly instance?: string
  readonly code: string
  readonly operation?: string
}

export interface ProblemContext {
  /** Used when the error does not name an operation itself. */
  readonly operation?: string | undefined
  readonly instance?: string | undefined
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

const INTERNAL: ErrorCode = 'FUL-3000'

/**
 * What a remote caller may know about an error. Errors that are not Fulcrum's become `FUL-3000` without their message, and the values of
 * errors from status 500 on are left out unless their row says that they are safe.
 */
export function toProblem(error: unknown, context: ProblemContext = {}): Problem {
  const known = isFulcrumError(error) ? error : undefined
  const code = known?.code ?? INTERNAL
  const row: ErrorRow = ERRORS[code] ?? ERRORS[INTERNAL]
  const operation = known?.operation ?? context.operation
  return {
    type: problemType(code),
    title: row.title,
    status: row.status,
    detail: known !== undefined && exposes(row) ? known.detail : `${row.title}.`,
    ...(context.instance !== undefined && { instance: context.instance }),
    code,
    ...(operation !== undefined && { operation }),
    ...(known !== undefined && carried(row, known)),
  }
}

export function problemType(code: string): string {
  return `urn:fulcrum:error:${code}`
}

/** Headers that belong to an error: `Allow` (RFC 9110, 10.2.1) and `Retry-After` (10.2.3). Names in lower case. */
export function problemHeaders(error: unknown): Record<string, string> {
  if (!isFulcrumError(error)) return {}
  const row: ErrorRow | undefined = ERRORS[error.code]
  const { allow } = error.params as Partial<Extensions>
  return {
    ...(allow !== undefined && { allow: allow.join(', ') }),
    ...(row?.retryAfter !== undefined && { 'retry-after': String(row.retryAfter) }),
  }
}

function exposes(row: ErrorRow): boolean {
  return row.expose ?? row.status < 500
}

function carried(row: ErrorRow, error: FulcrumError): Partial<Extensions> {
  const params = error.params as Readonly<Record<string, unknown>>
  return Object.fromEntries((row.carries ?? []).map((key) => [key, params[key]]))
}
