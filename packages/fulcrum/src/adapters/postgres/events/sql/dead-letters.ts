/** Dead letters, oldest first. Input: subscription (null: all), how many at most. */
export const DEAD_LETTERS = `
SELECT subscription, id, type, extract(epoch FROM time)::float8 * 1000 AS time, data, attempts,
  extract(epoch FROM dead_at)::float8 * 1000 AS died, reason
FROM fulcrum.undelivered u
WHERE dead_at IS NOT NULL AND ($1::text IS NULL OR subscription = $1) ORDER BY dead_at, u.seq LIMIT $2`

/** Lets dead letters be delivered again. Input: subscription, id (null: all). Output: how many. */
export const REDRIVE = `
WITH revived AS (
  UPDATE fulcrum.undelivered SET dead_at = NULL, attempts = 0, due_at = now()
  WHERE subscription = $1 AND dead_at IS NOT NULL AND ($2::uuid IS NULL OR id = $2::uuid) RETURNING 1
), moved AS (
  UPDATE fulcrum.subscription SET version = version + 1 WHERE name = $1
)
SELECT count(*)::int AS revived FROM revived`

/**
 * Takes a subscription back to the events since a time, of those that are still there. What has been delivered so far becomes the target, so what has not
 * been seen yet comes after it as it would have. Input: subscription, milliseconds since the epoch.
 */
export const REPLAY = `
UPDATE fulcrum.subscription SET version = version + 1, done = '3:3:', target = coalesce(target, done),
  upto = least(since.seq, CASE WHEN target IS NOT NULL THEN upto END)
FROM (SELECT min(seq) - 1 AS seq FROM fulcrum.outbox WHERE time >= to_timestamp($2::float8 / 1000)) since
WHERE name = $1 AND since.seq IS NOT NULL`

/** Input: subscription. Output: how many there were. */
export const FORGET = `
WITH letters AS (DELETE FROM fulcrum.undelivered WHERE subscription = $1),
  gone AS (DELETE FROM fulcrum.subscription WHERE name = $1 RETURNING 1)
SELECT count(*)::int AS gone FROM gone`
