import type { Snapshot } from '../../../packages/fulcrum/src/consistency/snapshot.ts'
import { NOTHING } from './data.ts'
import type { Transaction } from './transaction.ts'
import { Wal } from './wal.ts'

/**
 * A primary as far as positions and visibility go (PostgreSQL 15 to 18: `xact.c`, `procarray.c`, `walsender.c`).
 *
 * A commit is: the record is inserted, the log is flushed, the transaction leaves the list of those in progress. A snapshot is taken from that
 * list, so between the first and the last step a position in the log says that it is committed and a snapshot does not see it.
 */
export class Primary {
  readonly wal: Wal
  /** Records that are flushed: what is sent to replicas and decoded. */
  flushed: number
  nextXid: number
  /** The greatest id of a transaction that is over. */
  completed: number
  /** Ascending. */
  readonly running: Transaction[] = []
  /** What a snapshot sees, by key. */
  readonly visible: number[]
  readonly isLocked: boolean[] = NOTHING.map(() => false)
  #snapshot: Snapshot | undefined

  constructor(wal: Wal, visible: number[], nextXid: number) {
    this.wal = wal
    this.flushed = wal.length
    this.visible = visible
    this.nextXid = nextXid
    this.completed = nextXid - 1
  }

  static first(): Primary {
    const wal = new Wal()
    wal.append('other', 3)
    return new Primary(wal, NOTHING.slice(), 3)
  }

  /** `pg_current_wal_flush_lsn()`. */
  get flushLsn(): number {
    return this.wal.endOf(this.flushed)
  }

  /** `pg_current_snapshot()`: its `xmax` is one more than the greatest id that is over, not the next one to be given out. */
  get snapshot(): Snapshot {
    if (this.#snapshot !== undefined) return this.#snapshot
    const xmax = this.completed + 1
    const xip: number[] = []
    for (const { xid } of this.running) if (xid < xmax) xip.push(xid)
    this.#snapshot = { xmin: xip[0] ?? xmax, xmax, xip }
    return this.#snapshot
  }

  begin(keys: readonly number[], versions: readonly number[], size: number): Transaction {
    const xid = this.nextXid++
    const transaction: Transaction = { xid, keys, versions, state: 'running', commitLsn: 0, commitRecord: 0 }
    for (const key of keys) this.isLocked[key] = true
    this.running.push(transaction)
    this.#snapshot = undefined
    this.wal.append('data', size, transaction)
    return transaction
  }

  insertCommit(transaction: Transaction, size: number): void {
    transaction.state = 'committing'
    transaction.commitLsn = this.wal.append('commit', size, transaction)
    transaction.commitRecord = this.wal.length
  }

  makeVisible(transaction: Transaction): void {
    transaction.state = 'visible'
    transaction.keys.forEach((key, index) => (this.visible[key] = transaction.versions[index] as number))
    this.#end(transaction)
  }

  abort(transaction: Transaction, size: number): void {
    transaction.state = 'aborted'
    this.wal.append('abort', size, transaction)
    this.#end(transaction)
  }

  #end(transaction: Transaction): void {
    this.running.splice(this.running.indexOf(transaction), 1)
    for (const key of transaction.keys) this.isLocked[key] = false
    this.completed = Math.max(this.completed, transaction.xid)
    this.#snapshot = undefined
  }
}
