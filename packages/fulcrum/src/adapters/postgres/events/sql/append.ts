/** Input: id, type, time, key, data, expires, envelope. The usual case, without a list to take apart. */
export const APPEND_ONE = `
INSERT INTO fulcrum.outbox (id, type, time, key, data, expires, envelope)
VALUES ($1::uuid, $2, to_timestamp($3::float8 / 1000), $4, $5::json, to_timestamp($6::float8 / 1000), $7::json)`

/** Input: a JSON list of objects with the columns as members, times in milliseconds since the epoch. Rows are numbered in its order. */
export const APPEND_MANY = `
INSERT INTO fulcrum.outbox (id, type, time, key, data, expires, envelope)
SELECT id, type, to_timestamp(time / 1000), key, data, to_timestamp(expires / 1000), envelope
FROM json_to_recordset($1::json) AS event(id uuid, type text, time float8, key text, data json, expires float8, envelope json)`
