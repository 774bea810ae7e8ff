/** Adds jobs with a transaction. $1: the jobs as a JSON array. */
export const ADD_ENQUEUED = `
INSERT INTO fulcrum.enqueued (id, queue, input, start_at, priority, key)
SELECT id, queue, input, start_at, priority, key
FROM json_to_recordset($1::text::json)
  AS job (id uuid, queue text, input jsonb, start_at timestamptz, priority integer, key text)`

/**
 * Takes the oldest jobs of the queues in $1, at most $2, unless another instance is at it. Of a queue in $3, whose jobs run in order, one job for each key:
 * pg-boss knows the order of jobs by when their transaction began, so two of one key must not come with the same one. Returns the jobs.
 */
export const TAKE_ENQUEUED = `
WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(7306086, 20) AS mine),
batch AS (
  SELECT position, queue, key FROM fulcrum.enqueued WHERE queue = ANY($1::text[]) ORDER BY position LIMIT $2::int
),
heads AS (
  SELECT min(position) AS position FROM batch
  GROUP BY CASE WHEN queue = ANY($3::text[]) THEN queue || ' ' || key ELSE position::text END
)
DELETE FROM fulcrum.enqueued
WHERE (SELECT mine FROM turn) AND position IN (SELECT position FROM heads)
RETURNING id, queue, input, start_at, priority, key`
