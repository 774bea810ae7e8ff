/** Input: id. */
export const FIND_IMPORT = `
SELECT line::float8 AS line, digest, report, is_done FROM fulcrum.import WHERE id = $1 AND expires_at > clock_timestamp()`

/**
 * Inputs: id, operation, line that it goes on from, line, digest, report, whether that was all, milliseconds to keep it. Fails (22P02) where another request has got further
 * meanwhile; the text is what the server's log then shows. What is not kept any more is begun anew.
 */
export const CHECKPOINT = `
WITH moved AS (
  INSERT INTO fulcrum.import (id, operation, line, digest, report, is_done, expires_at)
  VALUES ($1, $2, $4, $5, $6, $7, clock_timestamp() + $8::float8 * interval '1 millisecond')
  ON CONFLICT (id) DO UPDATE SET
    line = excluded.line, digest = excluded.digest, report = excluded.report, is_done = excluded.is_done,
    expires_at = excluded.expires_at
  WHERE (import.line = $3::bigint AND NOT import.is_done) OR ($3::bigint = 0 AND import.expires_at <= clock_timestamp())
  RETURNING 1
)
SELECT CASE WHEN EXISTS (SELECT FROM moved) THEN 1
            ELSE ('another request of the same import is further, seen by ' || pg_backend_pid())::int END`

export const CHECKPOINT_REFUSED_BY = '22P02'

/** Input: how many at the most. */
export const FORGET_IMPORTS = `
DELETE FROM fulcrum.import WHERE id IN (
  SELECT id FROM fulcrum.import WHERE expires_at <= clock_timestamp() LIMIT $1 FOR UPDATE SKIP LOCKED
)`
