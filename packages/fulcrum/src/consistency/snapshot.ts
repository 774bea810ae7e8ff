/**
 * What a statement on a primary could see: every transaction below `xmax` that is not in `xip` (manual, table 9.82, `pg_snapshot`). Ids are
 * 64 bits wide on the server; a number holds those of the first nine quadrillion transactions exactly.
 */
export interface Snapshot {
  readonly xmin: number
  readonly xmax: number
  /** In progress when it was taken, ascending. */
  readonly xip: readonly number[]
}

/** Whether a transaction that committed is part of a snapshot. */
export function sees({ xmin, xmax, xip }: Snapshot, xid: number): boolean {
  return xid < xmin || (xid < xmax && !xip.includes(xid))
}

/**
 * Whether everything that a replica may have shown at `rx` (the `xmax` of its snapshot) is over on the primary: a replica shows a commit as soon
 * as it has replayed it, which can be before the primary does.
 */
export function settled({ xmax, xip }: Snapshot, rx: number): boolean {
  return rx === 0 || (xmax >= rx && xip.every((xid) => xid >= rx))
}
