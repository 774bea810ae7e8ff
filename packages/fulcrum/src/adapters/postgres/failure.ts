import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** What the server itself reports; pg's `DatabaseError` by its fields, since an application may have loaded another copy of pg. */
export interface ServerError extends Error {
  /** SQLSTATE (manual, appendix A). */
  readonly code: string
  readonly severity: string
  readonly routine?: string
}

export const QUERY_CANCELED = '57014'
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
const READ_ONLY_TRANSACTION = '25006'

/** After these the server ends the connection: shutdown, crash, idle limits, protocol trouble. */
const CONNECTION_ENDING = /^(?:57P0[1-5]|25P03|08...)$/

export function isServerError(error: unknown): error is ServerError {
  if (typeof error !== 'object' || error === null) return false
  const { code, severity } = error as Partial<ServerError>
  return typeof code === 'string' && typeof severity === 'string'
}

/** The SQLSTATE of what the server reported; `undefined` for anything else. */
export function sqlState(error: unknown): string | undefined {
  return isServerError(error) ? error.code : undefined
}

export function isSerializationFailure(error: unknown): boolean {
  const code = sqlState(error)
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED
}

/** The connection is gone, or about to go. */
export function isConnectionFailure(error: unknown): boolean {
  return !isServerError(error) || CONNECTION_ENDING.test(error.code)
}

/** Whose statement failed where, for its error. */
export interface FailurePlace {
  /** `primary (127.0.0.1:5432)`. */
  readonly node: string
  readonly operation: string | undefined
  readonly text: string
  readonly isRead: boolean
}

/** What the one who ran a statement is told about its failure. What the server says of the statement itself stays as it is. */
export function statementFailure(error: unknown, place: FailurePlace): unknown {
  const { node, operation, text } = place
  if (isConnectionFailure(error)) return connectionLost(error, place)
  if (place.isRead && sqlState(error) === READ_ONLY_TRANSACTION)
    return fulcrumError('FUL-4003', { node, text }, { cause: error, operation })
  if (place.isRead && isSerializationFailure(error)) return inTheWay(error, place)
  return error
}

/** Only on replicas: what they replay takes precedence over what they are asked. */
function inTheWay(cause: unknown, { node, operation }: FailurePlace): Error {
  const reason = `the read was in the way of a change that it replays (${reasonOf(cause)})`
  return fulcrumError('FUL-3002', { dependency: `PostgreSQL ${node}`, reason }, { cause, operation })
}

export function connectionLost(
  cause: unknown,
  { node, operation }: { readonly node: string; readonly operation: string | undefined },
): Error {
  return fulcrumError('FUL-3005', { node, reason: reasonOf(cause) }, { cause, operation })
}

/** One line without the final full stop. Connection errors of Node may come as an aggregate with an empty message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  const message = error instanceof Error ? error.message : String(error)
  return (message.split('\n')[0] ?? '').replace(/\.$/, '') || 'no reason given'
}
