const CHANNEL = 'fulcrum_events'

/**
 * A transaction with a NOTIFY is flushed like any other when it commits. A signal that is lost is made up for by looking, so nobody has to wait for the disk.
 */
export const PREPARE = 'SET synchronous_commit = off'

export const LISTEN: string = `LISTEN ${CHANNEL}`

/** Only where somebody subscribes. */
export const NOTIFY: string = `SELECT pg_notify('${CHANNEL}', '') FROM (SELECT 1 FROM fulcrum.subscription LIMIT 1) AS subscribed`
