import type { ChangedRow, CommittedChanges, FollowedTable } from '../../../ports/change-stream.ts'
import { malformed } from './malformed.ts'
import type { Message } from './pgoutput.ts'
import type { Relation } from './relation.ts'
import type { TransactionIds } from './transaction-ids.ts'

/** A transaction that changes more row states than this is told by its tables: holding and handling each would cost more than it saves. */
export const MOST_ROWS = 10_000

/**
 * Puts messages together to committed transactions. The server sends each transaction in one piece when it is committed, in the order of commits.
 *
 * outside → inside (begin) → outside (commit). @throws FUL-4036 for messages that come in another order.
 */
export class TransactionAssembler {
  readonly #ids: TransactionIds
  /** As `schema.table`. A publication may have more. */
  readonly #followed: ReadonlySet<string>
  #xid: number | undefined
  #rows: ChangedRow[] = []
  /** By schema and table. */
  readonly #tables = new Map<string, FollowedTable>()

  constructor(ids: TransactionIds, tables: readonly FollowedTable[]) {
    this.#ids = ids
    this.#followed = new Set(tables.map(nameOf))
  }

  /** Returns the transaction with its last message. */
  add(message: Message): CommittedChanges | undefined {
    if (message.kind === 'other') return undefined
    if (message.kind === 'begin') return this.#begin(message.xid)
    const xid = this.#xid
    if (xid === undefined) throw malformed(`${message.kind} outside of a transaction`)
    if (message.kind === 'commit') return this.#commit(xid, message.end)
    if (message.kind === 'truncate') message.relations.forEach((relation) => this.#whole(relation))
    else this.#row(message)
    return undefined
  }

  #begin(short: number): undefined {
    if (this.#xid !== undefined) throw malformed('a transaction begins inside of another one')
    this.#xid = this.#ids.full(short)
  }

  #row({ relation, left, reached }: Extract<Message, { kind: 'row' }>): void {
    if (!this.#followed.has(relation.name)) return
    if (this.#rows.length >= MOST_ROWS || this.#isWhole(relation)) return this.#whole(relation)
    if (left !== undefined) this.#rows.push(relation.row(left))
    if (reached !== undefined) this.#rows.push(relation.row(reached))
  }

  #whole({ schema, table, name }: Relation): void {
    if (this.#followed.has(name)) this.#tables.set(name, { schema, table })
  }

  #isWhole(table: FollowedTable): boolean {
    return this.#tables.size > 0 && this.#tables.has(nameOf(table))
  }

  #commit(xid: number, lsn: number): CommittedChanges {
    const tables = [...this.#tables.values()]
    const rows = tables.length === 0 ? this.#rows : this.#rows.filter((row) => !this.#isWhole(row))
    this.#xid = undefined
    this.#rows = []
    this.#tables.clear()
    return { change: { xid, lsn }, rows, tables }
  }
}

function nameOf({ schema, table }: FollowedTable): string {
  return `${schema}.${table}`
}
