/**
 * Locks one state of a subscription for the rest of the transaction, unless somebody else has it. Input: row, name, version. Output: a row where that
 * was so.
 *
 * The row is found by its place: a search would be remembered as a read of the whole table in a serializable transaction, and subscribers that change
 * rows of their own would fail each other.
 */
export const TAKE = `
SELECT true AS taken FROM fulcrum.subscription
WHERE ctid = $1::tid AND name = $2 AND version = $3::bigint FOR UPDATE SKIP LOCKED`

/** The same, and tables are looked for where it says. Input: row, name, version, search_path. */
export const TAKE_WITH_TABLES = `
SELECT set_config('search_path', $4, true) AS taken FROM fulcrum.subscription
WHERE ctid = $1::tid AND name = $2 AND version = $3::bigint FOR UPDATE SKIP LOCKED`
