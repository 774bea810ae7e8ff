/**
 * What every connection of the store's own begins with. Reads must not write, so that is the default, and transactions say READ WRITE; reads do
 * not take part in the bookkeeping of serializable transactions, whatever the default of the database is.
 */
export const SESSION_SETTINGS = `
SET default_transaction_read_only = on;
SET default_transaction_isolation = 'read committed'`

/** The same for one statement on a connection whose settings are not ours: it holds until the end of the transaction, which is that statement. */
export const READ_ONLY = "SELECT set_config('transaction_read_only', 'on', true)"
