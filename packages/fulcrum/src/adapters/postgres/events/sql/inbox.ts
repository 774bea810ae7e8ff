/**
 * Writes events of elsewhere that are not there yet. Who comes second with one waits for whoever came first, and writes nothing unless that was rolled
 * back. Input: a JSON list as of `APPEND_MANY`, with `inboxId`. Output: inbox_id of those that were written.
 */
export const ACCEPT = `
WITH event AS (
  SELECT DISTINCT ON ("inboxId") * FROM ROWS FROM (json_to_recordset($1::json) AS (
    "inboxId" uuid, id uuid, type text, time float8, key text, data json, expires float8, envelope json)) WITH ORDINALITY AS e(
    "inboxId", id, type, time, key, data, expires, envelope, place)
  ORDER BY "inboxId", place
), noted AS (
  INSERT INTO fulcrum.inbox (id) SELECT "inboxId" FROM event ORDER BY 1 ON CONFLICT DO NOTHING RETURNING id
), written AS (
  INSERT INTO fulcrum.outbox (id, type, time, key, data, expires, envelope)
  SELECT event.id, type, to_timestamp(time / 1000), key, data, to_timestamp(expires / 1000), envelope
  FROM event JOIN noted ON noted.id = "inboxId" ORDER BY place
)
SELECT id AS inbox_id FROM noted`

/** Input: an age in milliseconds, how many at most. */
export const FORGET_ACCEPTED = `
DELETE FROM fulcrum.inbox WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM fulcrum.inbox WHERE accepted_at < now() - $1::float8 * interval '1 millisecond' LIMIT $2))`
