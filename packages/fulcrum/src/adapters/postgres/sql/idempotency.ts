/**
 * Input: id. Output: a row where there is an answer. Its lock is written to the log, so a COMMIT behind it waits for standbys where the command asks for
 * that: what was committed before it is on them, too.
 */
export const FIND_ANSWER = `
SELECT fingerprint::text AS fingerprint, answer, expires_at <= clock_timestamp() AS has_expired
FROM fulcrum.idempotency WHERE id = $1 FOR UPDATE`

export interface AnswerRow {
  readonly fingerprint: string
  readonly answer: Uint8Array
  readonly has_expired: boolean
}

/** Input: ids. Output: those under which there is something. */
export const FIND_ANSWERS = 'SELECT id::text AS id FROM fulcrum.idempotency WHERE id = ANY ($1::uuid[])'

/**
 * An expression, with a number that stands for the id. It fails (22P02) when another transaction has it, so that what travels behind it is not carried out; the text
 * is what the server's log then shows. It reads no table: serializable transactions would get into each other's way over an index that they all look at.
 */
export const CLAIM = `
CASE WHEN pg_try_advisory_xact_lock($1) THEN 1
     ELSE ('a transaction of the same idempotent call is running, seen by ' || pg_backend_pid())::int END`

export const CLAIM_REFUSED_BY = '22P02'

/** unique_violation. */
export const ANSWER_REFUSED_BY = '23505'

/** Inputs: id, operation, fingerprint, answer, time to live in milliseconds. Fails (23505) where there is an answer. */
export const KEEP_ANSWER = `
INSERT INTO fulcrum.idempotency (id, operation, fingerprint, answer, expires_at)
VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')`

/** The same, but inserts no row where there is an answer. */
export const KEEP_FIRST_ANSWER: string = `${KEEP_ANSWER} ON CONFLICT (id) DO NOTHING`

/** Input: id. */
export const FORGET_ANSWER =
  'DELETE FROM fulcrum.idempotency WHERE id = $1 AND expires_at <= clock_timestamp()'

/** Input: how many at the most. Rows that somebody else is deleting are left to them. */
export const FORGET_EXPIRED_ANSWERS = `
DELETE FROM fulcrum.idempotency WHERE id IN (
  SELECT id FROM fulcrum.idempotency WHERE expires_at <= clock_timestamp()
  ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
)`
