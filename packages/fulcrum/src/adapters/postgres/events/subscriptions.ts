import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { ALONE } from '../../../ports/own-work.ts'
import type { CallFacts, ReadTerms, Store, TransactionRunner } from '../../../ports/store.ts'
import type {
  Cursor,
  DeadLetter,
  Failed,
  Piece,
  Progress,
  SubscriptionCounts,
  Subscriptions,
  TroubledEvent,
} from '../../../ports/subscriptions.ts'
import { eventOf, type EventRow } from './event-row.ts'
import { ADVANCE, TOUCH } from './sql/advance.ts'
import { COUNTS } from './sql/counts.ts'
import { DEAD_LETTERS, FORGET, REDRIVE, REPLAY } from './sql/dead-letters.ts'
import { ENSURE, FOREIGN } from './sql/ensure.ts'
import { PRUNE } from './sql/prune.ts'
import { PULSE } from './sql/pulse.ts'
import { READ } from './sql/read.ts'
import { TAKE } from './sql/take.ts'
import { KEEP, SETTLE, TROUBLED } from './sql/undelivered.ts'

/** Every statement sees what is committed by then. */
const ON_PRIMARY: ReadTerms = { target: 'primary', lane: 'dedicated', bracket: 'none', sees: 'each' }

interface PieceRow extends EventRow {
  readonly row: string
  readonly version: string
  readonly snapshot: string
  readonly newest: string
  readonly behind: number
  readonly bounded: boolean
  readonly troubled: number
}

interface TroubledRow extends EventRow {
  readonly lane: string
  readonly attempts: number
  readonly due_in: number
}

interface DeadRow extends Omit<DeadLetter, 'subscriber' | 'time' | 'diedAt'> {
  readonly subscription: string
  readonly time: number
  readonly died: number
}

/** A small question to the primary that is no use of it: while only such are asked, its position is not polled. */
export type AskAside = (text: string) => Promise<{ readonly results: readonly Record<string, unknown>[] }>

/** Subscriptions in `fulcrum.subscription` and `fulcrum.undelivered`. Without a state of its own. */
export class PostgresSubscriptions implements Subscriptions {
  readonly #store: Store
  readonly #askAside: AskAside

  constructor(store: Store, askAside: AskAside) {
    this.#store = store
    this.#askAside = askAside
  }

  async ensure(
    call: CallFacts,
    wanted: readonly { readonly name: string; readonly type: string }[],
  ): Promise<void> {
    const foreign = await this.#rows<{ name: string }>(call, FOREIGN)
    if (foreign.length > 0) throw restored(foreign.map(({ name }) => name))
    const names = [wanted.map(({ name }) => name), wanted.map(({ type }) => type)]
    await this.#changed(call, ENSURE, names)
  }

  async pulse(): Promise<string> {
    const { results } = await this.#askAside(PULSE)
    return String(results[0]?.['pulse'])
  }

  async read(call: CallFacts, name: string, limit: number): Promise<Piece | undefined> {
    const rows = await this.#rows<PieceRow>(call, READ, [name, limit])
    const [first] = rows
    if (first === undefined) return undefined
    const { row, version, snapshot, newest, behind, bounded: isBounded, troubled } = first
    const events = first.seq === null ? [] : rows.map(eventOf)
    const isWhole = events.length < limit
    return { cursor: { name, version, row }, events, isWhole, snapshot, newest, behind, isBounded, troubled }
  }

  async take(tx: TransactionRunner, { row, name, version }: Cursor): Promise<boolean> {
    return (await tx.run(TAKE, [row, name, version])).rowCount > 0
  }

  advance(tx: TransactionRunner, { cursor, snapshot, newest }: Piece, { upto, isWhole }: Progress): void {
    tx.withCommit(ADVANCE, [cursor.row, cursor.name, upto ?? null, snapshot, isWhole, newest])
  }

  async troubled(call: CallFacts, name: string): Promise<readonly TroubledEvent[]> {
    const rows = await this.#rows<TroubledRow>(call, TROUBLED, [name])
    return rows.map((row) => ({ ...eventOf(row), lane: row.lane, attempts: row.attempts, dueIn: row.due_in }))
  }

  keep(tx: TransactionRunner, { name }: Cursor, failed: readonly Failed[]): void {
    if (failed.length > 0) tx.withCommit(KEEP, [name, `[${failed.map(rowOf).join(',')}]`])
  }

  settle(tx: TransactionRunner, cursor: Cursor, seq: string): void {
    tx.withCommit(SETTLE, [cursor.name, seq])
  }

  touch(tx: TransactionRunner, { row, name }: Cursor): void {
    tx.withCommit(TOUCH, [row, name])
  }

  counts(call: CallFacts): Promise<readonly SubscriptionCounts[]> {
    return this.#rows<SubscriptionCounts>(call, COUNTS)
  }

  async prune(call: CallFacts, keep: number): Promise<number> {
    const [row] = await this.#changed<{ pruned: number }>(call, PRUNE, [keep])
    return row?.pruned ?? 0
  }

  async deadLetters(
    call: CallFacts,
    name: string | undefined,
    limit: number,
  ): Promise<readonly DeadLetter[]> {
    const rows = await this.#rows<DeadRow>(call, DEAD_LETTERS, [name ?? null, limit])
    return rows.map(({ subscription, time, died, ...letter }) => ({
      ...letter,
      subscriber: subscription,
      time: new Date(time),
      diedAt: new Date(died),
    }))
  }

  async redrive(call: CallFacts, name: string, id: string | undefined): Promise<number> {
    const [row] = await this.#changed<{ revived: number }>(call, REDRIVE, [name, id ?? null])
    return row?.revived ?? 0
  }

  async replay(call: CallFacts, name: string, since: Date): Promise<void> {
    await this.#changed(call, REPLAY, [name, since.getTime()])
  }

  async forget(call: CallFacts, name: string): Promise<boolean> {
    const [row] = await this.#changed<{ gone: number }>(call, FORGET, [name])
    return row?.gone === 1
  }

  async #changed<R>(call: CallFacts, text: string, values: readonly unknown[]): Promise<R[]> {
    const { value } = await this.#store.transaction(ALONE, call, (tx) => tx.run<R>(text, values))
    return value.rows
  }

  async #rows<R>(call: CallFacts, text: string, values: readonly unknown[] = []): Promise<R[]> {
    const session = this.#store.read(ON_PRIMARY, call)
    try {
      return (await session.run<R>(text, values)).rows
    } finally {
      session.release()
    }
  }
}

/** The data is JSON already. */
function rowOf({ event, lane, attempts, dueIn, isDead, reason }: Failed): string {
  const { seq, id, type, time, expires, envelope, data } = event
  const columns = {
    seq,
    id,
    type,
    time,
    expires,
    envelope,
    lane,
    attempts,
    due_in: dueIn,
    dead: isDead,
    reason,
  }
  return `${JSON.stringify(columns).slice(0, -1)},"data":${data}}`
}

function restored(names: readonly string[]): Error {
  return fulcrumError('FUL-4050', { names: names.join(', ') })
}
