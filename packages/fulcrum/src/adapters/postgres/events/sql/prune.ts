/**
 * Deletes events that every subscriber is past and that are older than an age, of the 1,000 with the smallest numbers. Input: the age in milliseconds.
 * Output: how many. Which types they were is noted: what is built from events has to know that the first ones are missing.
 */
export const PRUNE = `
WITH first AS (
  SELECT seq, time FROM fulcrum.outbox
  WHERE seq <= coalesce((SELECT min(least(floor, upto)) FROM fulcrum.subscription), 9223372036854775807)
  ORDER BY seq LIMIT 1000
), pruned AS (
  DELETE FROM fulcrum.outbox
  WHERE seq IN (SELECT seq FROM first WHERE time < now() - $1::float8 * interval '1 millisecond') RETURNING type
), noted AS (
  INSERT INTO fulcrum.pruned (type) SELECT DISTINCT type FROM pruned ON CONFLICT DO NOTHING
)
SELECT count(*)::int AS pruned FROM pruned`
