/** The first event of each lane that is in trouble. Input: subscription. */
export const TROUBLED = `
SELECT DISTINCT ON (lane) lane, seq::text AS seq, id, type, extract(epoch FROM time)::float8 * 1000 AS time, data::text AS data,
  extract(epoch FROM expires)::float8 * 1000 AS expires, coalesce(expires <= now(), false) AS expired, envelope, attempts,
  coalesce(extract(epoch FROM due_at - now())::float8 * 1000, 0) AS due_in
FROM fulcrum.undelivered u WHERE subscription = $1 AND dead_at IS NULL ORDER BY lane, u.seq`

/**
 * Keeps events that were not delivered. Input: subscription, and a JSON list of objects with the members that are named below; times in milliseconds
 * since the epoch, `due_in` from now.
 */
export const KEEP = `
INSERT INTO fulcrum.undelivered (subscription, seq, lane, id, type, time, data, expires, envelope, attempts, due_at, dead_at, reason)
SELECT $1, k.seq, k.lane, k.id, k.type, to_timestamp(k.time / 1000), k.data, to_timestamp(k.expires / 1000), k.envelope, k.attempts,
  clock_timestamp() + k.due_in * interval '1 millisecond', CASE WHEN k.dead THEN clock_timestamp() END, k.reason
FROM json_to_recordset($2::json) AS k(
  seq bigint, lane text, id uuid, type text, time float8, data json, expires float8, envelope json, attempts int, due_in float8,
  dead bool, reason text)
ON CONFLICT (subscription, seq) DO UPDATE
SET attempts = excluded.attempts, due_at = excluded.due_at, dead_at = excluded.dead_at, reason = excluded.reason`

/** An event that had failed was delivered. Input: subscription, seq. */
export const SETTLE = 'DELETE FROM fulcrum.undelivered WHERE subscription = $1 AND seq = $2::bigint'
