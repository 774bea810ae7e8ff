import { type FulcrumError, fulcrumError, isFulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { reasonOf, sqlState } from '../failure.ts'

/** Class 28: the server does not let the user in. 42501: not for replication. 08P01: a pooler does not know the parameter `replication`. */
const REFUSED = /^(?:28...|42501|08P01)$/
/** configuration_limit_exceeded, too_many_connections. */
const EXHAUSTED = /^(?:53400|53300)$/

/** What is said when a replication connection or a slot cannot be had. What is not about that stays as it is. */
export function replicationFailure(error: unknown, node: string): unknown {
  const state = sqlState(error) ?? ''
  const params = { node, reason: reasonOf(error) }
  if (REFUSED.test(state)) return fulcrumError('FUL-4031', params, { cause: error })
  if (EXHAUSTED.test(state)) return fulcrumError('FUL-4032', params, { cause: error })
  return error
}

/** Waiting does not help: somebody has to change something first. */
export function isRefusal(error: unknown): error is FulcrumError {
  return isFulcrumError(error) && error.code !== 'FUL-3002' && error.code !== 'FUL-4032'
}
