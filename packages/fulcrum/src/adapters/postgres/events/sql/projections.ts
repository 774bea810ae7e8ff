/**
 * Makes the subscription of a new projection, in the transaction that fills its tables. Filled by itself, it has what its snapshot contains; otherwise it
 * begins with the first event. Input: name, types, whether it is filled, search_path. Output: a row where it was not there, with the types of which events
 * are missing.
 */
export const BEGIN = `
WITH begun AS (
  INSERT INTO fulcrum.subscription (name, types, done, mark)
  SELECT $1, $2::text[], CASE WHEN $3::bool THEN pg_current_snapshot() ELSE '3:3:' END,
    CASE WHEN $3 THEN (SELECT coalesce(max(seq), 0) FROM fulcrum.outbox) ELSE 0 END
  ON CONFLICT (name) DO NOTHING RETURNING name
)
SELECT set_config('search_path', $4, true) AS path, ARRAY(
  SELECT type FROM fulcrum.pruned WHERE type = ANY ($2::text[]) AND NOT $3 ORDER BY type) AS missing
FROM begun`

/** The subscriptions that are there. Input: names. Output: name. */
export const EXISTING = 'SELECT name FROM fulcrum.subscription WHERE name = ANY ($1::text[])'

/**
 * Where the log is, and of which history it is. Asked in front of a reading, everything that was answered before is visible in that, as far as the log
 * has grown since: see `Coverage`. Output: lsn, system, timeline.
 */
export const POSITION = `
SELECT lsn::text AS lsn, (pg_control_system()).system_identifier::text AS system,
  ('x' || substr(pg_walfile_name(lsn), 1, 8))::bit(32)::int AS timeline
FROM (SELECT pg_current_wal_insert_lsn() AS lsn) AS now`

/** Input: name. Output: epoch, lsn; both null where nothing is known to be covered. */
export const COVERAGE =
  'SELECT covered_epoch AS epoch, covered_lsn::text AS lsn FROM fulcrum.subscription WHERE name = $1'
