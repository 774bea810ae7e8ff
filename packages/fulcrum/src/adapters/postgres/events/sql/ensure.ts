/**
 * Makes the subscriptions that are not there. What is committed so far is done with. Input: names, and the type of each.
 */
export const ENSURE = `
INSERT INTO fulcrum.subscription (name, type, done, mark)
SELECT wanted.name, wanted.type, pg_current_snapshot(), (SELECT coalesce(max(seq), 0) FROM fulcrum.outbox)
FROM unnest($1::text[], $2::text[]) AS wanted(name, type)
ON CONFLICT (name) DO UPDATE SET type = excluded.type WHERE subscription.type <> excluded.type`

/**
 * Subscriptions that have seen transactions which this server has not: it was restored from a dump, in which events and cursors carry the
 * transaction ids of the server that they came from. Output: name.
 */
export const FOREIGN = `
SELECT name FROM fulcrum.subscription
WHERE pg_snapshot_xmax(coalesce(target, done)) > pg_snapshot_xmax(pg_current_snapshot()) ORDER BY name`
