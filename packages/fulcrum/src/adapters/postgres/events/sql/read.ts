/**
 * The next events of a subscription. Input: name, limit. Output: at least one row where the subscription exists, with `seq` null where there are no
 * events.
 *
 * The snapshot that is returned is the one that the statement sees with, so the events are all that it contains beyond what is done. While a target
 * is being worked through, only what that contains counts: what has been committed since may have smaller numbers.
 */
export const READ = `
SELECT s.ctid::text AS row, s.version::text AS version, pg_current_snapshot()::text AS snapshot, n.newest::text AS newest,
  (n.newest - s.upto)::float8 AS behind, s.target IS NOT NULL AS bounded, t.troubled, t.kept, e.seq::text AS seq, e.id, e.type,
  extract(epoch FROM e.time)::float8 * 1000 AS time, e.key, e.data::text AS data,
  extract(epoch FROM e.expires)::float8 * 1000 AS expires, coalesce(e.expires <= now(), false) AS expired, e.envelope
FROM fulcrum.subscription s
CROSS JOIN LATERAL (SELECT greatest(s.mark, coalesce(max(seq), 0)) AS newest FROM fulcrum.outbox) n
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE u.dead_at IS NULL)::int AS troubled, count(*)::int AS kept
  FROM fulcrum.undelivered u WHERE u.subscription = s.name
) t
LEFT JOIN LATERAL (
  SELECT * FROM fulcrum.outbox o
  WHERE o.seq > s.upto AND o.type = ANY (s.types) AND NOT pg_visible_in_snapshot(o.xid, s.done)
    AND (s.target IS NULL OR pg_visible_in_snapshot(o.xid, s.target))
  ORDER BY o.seq LIMIT $2
) e ON true
WHERE s.name = $1
ORDER BY e.seq`
