/**
 * What is not delivered, for each subscription. The oldest event of those that are troubled, or of those that the cursor has not come to. Output: name,
 * troubled, dead, lag in milliseconds.
 */
export const COUNTS = `
SELECT s.name, u.troubled, u.dead,
  greatest(0, coalesce(extract(epoch FROM now() - least(u.oldest, e.oldest))::float8 * 1000, 0)) AS lag
FROM fulcrum.subscription s
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE dead_at IS NULL)::int AS troubled, count(dead_at)::int AS dead,
    min(time) FILTER (WHERE dead_at IS NULL) AS oldest
  FROM fulcrum.undelivered WHERE subscription = s.name
) u
LEFT JOIN LATERAL (
  SELECT o.time AS oldest FROM fulcrum.outbox o
  WHERE o.seq > s.upto AND o.type = ANY (s.types) AND NOT pg_visible_in_snapshot(o.xid, s.done)
  ORDER BY o.seq LIMIT 1
) e ON true
ORDER BY s.name`
