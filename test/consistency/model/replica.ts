import { NOTHING } from './data.ts'
import type { Wal, WalRecord } from './wal.ts'

/**
 * A hot standby: receives what the primary has flushed, replays it record by record, and moves its replay position after each one's effects have
 * become visible (`xlogrecovery.c`).
 */
export class Replica {
  wal: Wal
  /** The epoch of the server that it streams from. */
  epoch: number
  /** Records that have been received, that are visible, and that the replay position says are. */
  received: number
  applied: number
  reported: number
  /** What a snapshot sees, by key. */
  visible: number[] = NOTHING.slice()
  /** The greatest id of a transaction whose end was replayed. */
  completed = 0
  /** Goes up when it restarts: its connections are cut then. */
  incarnation = 0

  constructor(wal: Wal, epoch: number) {
    this.wal = wal
    this.epoch = epoch
    this.received = wal.length
    this.applied = this.reported = 0
    this.replay(wal.length)
  }

  /** `pg_last_wal_receive_lsn()`. */
  get receiveLsn(): number {
    return this.wal.endOf(this.received)
  }

  /** `pg_last_wal_replay_lsn()`. */
  get replayLsn(): number {
    return this.wal.endOf(this.reported)
  }

  /** The `xmax` of `pg_current_snapshot()`, the only part of it that means something here. */
  get xmax(): number {
    return this.completed + 1
  }

  /** Replays up to and with the next commit, whose effects are visible before the position says so. */
  apply(): void {
    while (this.applied < this.received) {
      const record = this.#applyNext()
      if (record.kind === 'commit') return
      this.reported = this.applied
    }
  }

  report(): void {
    this.reported = this.applied
  }

  /** Replays up to `count` records and says so. */
  replay(count: number): void {
    while (this.applied < count) this.#applyNext()
    this.reported = this.applied
  }

  /** It begins again where it last wrote down that it had been, and lets connections in before it has caught up with what it showed. */
  restart(applied: number): void {
    this.incarnation += 1
    this.visible = NOTHING.slice()
    this.applied = this.completed = 0
    this.replay(applied)
  }

  /** Made anew from the present primary. */
  rebuild(wal: Wal, flushed: number, epoch: number): void {
    this.wal = wal
    this.epoch = epoch
    this.received = flushed
    this.restart(flushed)
  }

  #applyNext(): WalRecord {
    const record = this.wal.records[this.applied++] as WalRecord
    if (record.kind !== 'commit' && record.kind !== 'abort') return record
    this.completed = Math.max(this.completed, record.xid)
    if (record.kind === 'commit')
      record.transaction?.keys.forEach(
        (key, index) => (this.visible[key] = record.transaction?.versions[index] as number),
      )
    return record
  }
}
