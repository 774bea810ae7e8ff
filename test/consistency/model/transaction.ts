/**
 * running → committing (its commit record is in the log) → visible, or running → aborted. In between it holds the locks of its rows: the next
 * writer of a key begins after it is visible.
 */
export interface Transaction {
  readonly xid: number
  readonly keys: readonly number[]
  /** The versions that it gives to `keys`. */
  readonly versions: readonly number[]
  state: 'running' | 'committing' | 'visible' | 'aborted' | 'lost'
  /** The end of its commit record. */
  commitLsn: number
  /** How many records the log had with its commit record. */
  commitRecord: number
}
