/**
 * Moves a subscription that this transaction has locked. Input: row, name, the number of the last event that is done with (null: none), the snapshot
 * of the reading, whether everything that it contains is done with, the greatest number that was visible in it, and what is covered from now on (epoch and
 * position; null: as before).
 *
 * The floor rises to the mark when no transaction is left that was there when the mark was set: who has drawn a number up to it has ended by then.
 */
export const ADVANCE = `
UPDATE fulcrum.subscription SET
  version = version + 1,
  done = CASE WHEN $5::bool THEN coalesce(target, $4::pg_snapshot) ELSE done END,
  target = CASE WHEN $5 THEN NULL ELSE coalesce(target, $4::pg_snapshot) END,
  upto = CASE
    WHEN NOT $5 THEN coalesce($3::bigint, upto)
    WHEN pg_snapshot_xmin(coalesce(target, $4::pg_snapshot)) >= mark_xid THEN mark
    ELSE floor END,
  floor = CASE WHEN $5 AND pg_snapshot_xmin(coalesce(target, $4::pg_snapshot)) >= mark_xid THEN mark ELSE floor END,
  mark = CASE
    WHEN $5 AND pg_snapshot_xmin(coalesce(target, $4::pg_snapshot)) >= mark_xid THEN greatest(mark, $6::bigint)
    ELSE mark END,
  mark_xid = CASE
    WHEN $5 AND pg_snapshot_xmin(coalesce(target, $4::pg_snapshot)) >= mark_xid THEN pg_current_xact_id()
    ELSE mark_xid END,
  covered_epoch = coalesce($7, covered_epoch), covered_lsn = coalesce($8::pg_lsn, covered_lsn)
WHERE ctid = $1::tid AND name = $2`

/** The state changes, but not how far it is. Input: row, name. */
export const TOUCH = `UPDATE fulcrum.subscription SET version = version + 1 WHERE ctid = $1::tid AND name = $2`
