import { isDomainError } from '../../declare/error.ts'
import { isPortable } from '../../enforce/cache/portable.ts'
import type { Call } from '../../enforce/runtime/call.ts'
import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type Source, SOURCES } from '../../kernel/observer.ts'
import type { RemoteOutcome } from '../../ports/remote.ts'

/** What a call has come to, as another process is told. @throws FUL-3307 for an output that would not arrive as it is. */
export function outcomeOfValue(call: Call, value: unknown): RemoteOutcome {
  const { operation, version, source, age, staleBy, freshFor, degraded, replayed } = call
  if (!isPortable(value)) throw fulcrumError('FUL-3307', { part: 'output' }, { operation })
  const facts = { version, age, staleBy, freshFor, degraded, replayed, source: SOURCES[source] as Source }
  return { kind: 'value', value, facts }
}

/** A failure with the status that proxies in between are to see. What is no error of Fulcrum or a declared one stays in this process's log. */
export function outcomeOfError(
  error: unknown,
  replayed: boolean,
): { readonly outcome: RemoteOutcome; readonly status: number } {
  if (isDomainError(error) && isPortable(error.data)) {
    const { code, data, status } = error
    return { outcome: { kind: 'domain error', code, data, replayed }, status }
  }
  const known = isFulcrumError(error) ? error : fulcrumError('FUL-3000', {})
  const { code, params, operation, status } = known
  const given = isPortable(params) ? { ...params } : {}
  return { outcome: { kind: 'error', code, params: given, operation }, status }
}
