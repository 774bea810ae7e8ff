import type { Transaction } from './transaction.ts'

/** A position at the end of a page is told as the one after the next page's header, which no replica reaches before something is written. */
const PAGE = 16
const HEADER = 1

export type RecordKind = 'data' | 'commit' | 'abort' | 'other'

export interface WalRecord {
  readonly kind: RecordKind
  /** The position after it. */
  readonly end: number
  /** 0: of no transaction. */
  readonly xid: number
  readonly transaction: Transaction | undefined
}

/** The write-ahead log of one timeline, from the beginning. */
export class Wal {
  readonly records: WalRecord[]

  constructor(records: WalRecord[] = []) {
    this.records = records
  }

  get length(): number {
    return this.records.length
  }

  /** The position after the first `count` records. */
  endOf(count: number): number {
    return count === 0 ? 0 : (this.records[count - 1] as WalRecord).end
  }

  /** Where the next record begins: what `pg_current_wal_insert_lsn()` says. */
  get insertLsn(): number {
    const end = this.endOf(this.length)
    return end % PAGE === 0 ? end + HEADER : end
  }

  append(kind: RecordKind, size: number, transaction?: Transaction): number {
    const end = this.insertLsn + size
    this.records.push({ kind, end, xid: transaction?.xid ?? 0, transaction })
    return end
  }

  /** The log that a replica which has received `count` records goes on with when it is promoted. */
  fork(count: number): Wal {
    return new Wal(this.records.slice(0, count))
  }
}
