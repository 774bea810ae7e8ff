/**
 * Makes the subscriptions that are not there. What is committed so far is done with. Input: a JSON list of objects with name and types.
 */
export const ENSURE = `
INSERT INTO fulcrum.subscription (name, types, done, mark)
SELECT wanted.name, wanted.types, pg_current_snapshot(), (SELECT coalesce(max(seq), 0) FROM fulcrum.outbox)
FROM json_to_recordset($1::json) AS wanted(name text, types text[])
ON CONFLICT (name) DO UPDATE SET types = excluded.types WHERE subscription.types <> excluded.types`

/**
 * Subscriptions that have seen transactions which this server has not: it was restored from a dump, in which events and cursors carry the
 * transaction ids of the server that they came from. Output: name.
 */
export const FOREIGN = `
SELECT name FROM fulcrum.subscription
WHERE pg_snapshot_xmax(coalesce(target, done)) > pg_snapshot_xmax(pg_current_snapshot()) ORDER BY name`
