/** Settings of the server that decide whether changes can be followed. Inputs: none. Output: one row. */
export const REQUIREMENTS = `
SELECT current_setting('wal_level') AS wal_level,
       current_setting('max_slot_wal_keep_size') AS keep_size,
       current_setting('synchronous_standby_names') AS standby_names,
       current_user::text AS user_name`

export interface RequirementsRow {
  readonly wal_level: string
  readonly keep_size: string
  readonly standby_names: string
  readonly user_name: string
}
