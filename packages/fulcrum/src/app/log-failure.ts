import type { Loss } from '../enforce/batch/acceptance.ts'
import type { InternalFailure } from '../http/internal/internal-route.ts'
import type { Failure } from '../http/gateway/parts.ts'

/** A failed request in one line, with what its caller is not told; the stack follows on lines of its own. */
export function logFailure({ error, status, requestId, operation = '-', traceId }: Failure): string {
  const trace = traceId === undefined ? '' : ` trace=${traceId}`
  return `${status} ${operation} request=${requestId}${trace} ${describe(error)}`
}

/** A call of another process that failed. */
export function logInternalFailure({ error, status, operation }: InternalFailure): string {
  return `${status} ${operation} internal ${describe(error)}`
}

/** Accepted calls that were not carried out, with the reason. */
export function logLoss({ operation, calls, error }: Loss): string {
  return `lost ${operation}: ${calls} accepted call(s) were not carried out: ${describe(error)}`
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? own : `${own}\n  caused by: ${describe(error.cause)}`
}
