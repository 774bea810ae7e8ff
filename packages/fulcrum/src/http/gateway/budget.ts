import { DURATION_ALLOWED, parseDuration } from '../../kernel/duration.ts'
import { malformedHeader, type RequestHead } from './head.ts'

/** Milliseconds of one unit of `grpc-timeout`: hours, minutes, seconds, milliseconds, microseconds, nanoseconds. */
const GRPC_UNITS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
}

/**
 * What the caller leaves of time, in milliseconds: the least of `Fulcrum-Deadline`, `X-Request-Timeout` and `grpc-timeout`; `undefined` when
 * none is sent.
 */
export function budgetOf({ deadline, requestTimeout, grpcTimeout }: RequestHead): number | undefined {
  if (deadline === undefined && requestTimeout === undefined && grpcTimeout === undefined) return undefined
  return Math.min(
    deadline === undefined ? Infinity : fulcrumDeadline(deadline),
    requestTimeout === undefined ? Infinity : xRequestTimeout(requestTimeout),
    grpcTimeout === undefined ? Infinity : grpc(grpcTimeout),
  )
}

function fulcrumDeadline(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw malformedHeader('Fulcrum-Deadline', `allowed is ${DURATION_ALLOWED}`)
  return ms
}

/** Seconds, as proxies send it, or a duration with its unit. */
function xRequestTimeout(text: string): number {
  const ms = parseDuration(text) ?? parseDuration(`${text}s`)
  if (ms === undefined)
    throw malformedHeader('X-Request-Timeout', `allowed are seconds, or ${DURATION_ALLOWED}`)
  return ms
}

/** At most eight digits and a unit (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
function grpc(text: string): number {
  const [, amount, unit] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? []
  if (amount === undefined || unit === undefined) {
    throw malformedHeader(
      'grpc-timeout',
      "allowed are at most eight digits and a unit (H, M, S, m, u, n), such as '250m'",
    )
  }
  return Number(amount) * (GRPC_UNITS[unit] as number)
}
