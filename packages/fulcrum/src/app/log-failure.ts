import type { Failure } from '../http/gateway/parts.ts'

/** A failed request in one line, with what its caller is not told; the stack follows on lines of its own. */
export function logFailure({ error, status, requestId, operation = '-', traceId }: Failure): string {
  const trace = traceId === undefined ? '' : ` trace=${traceId}`
  return `${status} ${operation} request=${requestId}${trace} ${describe(error)}`
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? own : `${own}\n  caused by: ${describe(error.cause)}`
}
