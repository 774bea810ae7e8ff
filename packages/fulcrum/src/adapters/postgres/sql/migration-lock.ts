/** The letters of "fulcrum": one lock per database, for the migrations of all modules. */
const KEY = BigInt(`0x${Buffer.from('fulcrum').toString('hex')}`)

/**
 * Takes the lock if it is free. Output: one row. Not waiting for it in a statement matters: a waiting statement holds a snapshot, and CREATE
 * INDEX CONCURRENTLY, run by whoever holds the lock, waits for all snapshots.
 */
export const TRY_LOCK: string = `SELECT pg_try_advisory_lock(${KEY}) AS is_taken`

export const UNLOCK: string = `SELECT pg_advisory_unlock(${KEY})`
