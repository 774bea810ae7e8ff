/** The number that was drawn last, also by transactions that have not committed yet. Output: pulse. */
export const PULSE = 'SELECT last_value::text AS pulse FROM fulcrum.outbox_seq_seq'
