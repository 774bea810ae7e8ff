import type { IsolationLevel } from '../../../declare/contract/vocabulary.ts'

/** READ WRITE is said, because the connections' default is read-only. */
export const BEGIN: Readonly<Record<IsolationLevel, string>> = {
  serializable: 'BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE',
  'repeatable read': 'BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE',
  'read committed': 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
}

/** Everything that is read in it is of one moment. */
export const BEGIN_SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'

/**
 * The transaction's id, assigning one if it has none yet, and how much of the log was safe at that time. Output: one row. Asked in the same
 * message as the first statement, so that it is known before COMMIT is sent: without it a lost COMMIT could not be asked about.
 */
const OPENING = 'pg_current_xact_id()::text AS xid, pg_current_wal_flush_lsn()::text AS flushed'

const openings = new Map<string | undefined, string>([[undefined, `SELECT ${OPENING}`]])

/** The same with an expression that fails where the transaction is not to go on. Such expressions are few, and constant. */
export function opening(condition: string | undefined): string {
  const known = openings.get(condition)
  if (known !== undefined) return known
  const text = `SELECT ${condition} AS condition, ${OPENING}`
  openings.set(condition, text)
  return text
}

export interface TransactionId {
  readonly xid: string
  readonly flushed: string
}

export const COMMIT = 'COMMIT'

/** Read behind COMMIT, so it is at or past the transaction's own. */
export const COMMIT_POSITION = 'SELECT pg_current_wal_insert_lsn()::text AS lsn'

/** The same, and who may be waited for. Without names in `standbys` nobody was. */
export const REPLICATED_POSITION = `
SELECT pg_current_wal_insert_lsn()::text AS lsn, current_setting('synchronous_standby_names') AS standbys`

/**
 * COMMIT waits until a synchronous standby shows the changes. A wait that is cut short is no error to the server, which only warns, so warnings
 * have to come through.
 */
export const WAIT_FOR_STANDBY = `
SELECT set_config('synchronous_commit', 'remote_apply', true), set_config('client_min_messages', 'warning', true)`

export const ROLLBACK = 'ROLLBACK'
