import { epochId } from '../../../consistency/epoch.ts'
import type { StatementRunner } from '../../../declare/db.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { Coverage } from '../../../ports/coverage.ts'
import { ALONE } from '../../../ports/own-work.ts'
import type { CallFacts, ReadTerms, Store, StorePosition, TransactionRunner } from '../../../ports/store.ts'
import type {
  Cursor,
  DeadLetter,
  Failed,
  Piece,
  Progress,
  ReadPieceTerms,
  SubscriptionCounts,
  Subscriptions,
  TroubledEvent,
  Wanted,
  WantedProjection,
} from '../../../ports/subscriptions.ts'
import { formatLsn, parseLsn } from '../lsn.ts'
import { eventOf, type EventRow } from './event-row.ts'
import { ADVANCE, TOUCH } from './sql/advance.ts'
import { COUNTS } from './sql/counts.ts'
import { DEAD_LETTERS, FORGET, REDRIVE, REPLAY } from './sql/dead-letters.ts'
import { ENSURE, FOREIGN } from './sql/ensure.ts'
import { BEGIN, COVERAGE, EXISTING, POSITION } from './sql/projections.ts'
import { PRUNE } from './sql/prune.ts'
import { PULSE } from './sql/pulse.ts'
import { READ } from './sql/read.ts'
import { TAKE, TAKE_WITH_TABLES } from './sql/take.ts'
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
  readonly kept: number
}

interface PositionRow {
  readonly lsn: string
  readonly system: string
  readonly timeline: number
}

interface CoverageRow {
  readonly epoch: string | null
  readonly lsn: string | null
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

  async ensure(call: CallFacts, wanted: readonly Wanted[]): Promise<void> {
    const foreign = await this.#rows<{ name: string }>(call, FOREIGN)
    if (foreign.length > 0) throw restored(foreign.map(({ name }) => name))
    const list = wanted.map(({ name, types }) => ({ name, types }))
    await this.#changed(call, ENSURE, [JSON.stringify(list)])
  }

  async existing(call: CallFacts, names: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#rows<{ name: string }>(call, EXISTING, [names])
    return rows.map(({ name }) => name)
  }

  async begin(tx: TransactionRunner, { name, types, schema, isSeeded }: WantedProjection): Promise<boolean> {
    const values = [name, types, isSeeded, pathOf(schema)]
    const [begun] = (await tx.run<{ missing: readonly string[] }>(BEGIN, values)).rows
    if (begun === undefined) return false
    const { missing } = begun
    if (missing.length > 0) throw fulcrumError('FUL-4051', { name, missing: missing.join(', ') })
    return true
  }

  async pulse(): Promise<string> {
    const { results } = await this.#askAside(PULSE)
    return String(results[0]?.['pulse'])
  }

  async read(call: CallFacts, name: string, { limit, isPlaced }: ReadPieceTerms): Promise<Piece | undefined> {
    const session = this.#store.read(ON_PRIMARY, call)
    try {
      // One after the other on one connection, and without waiting in between.
      const position = isPlaced ? session.run<PositionRow>(POSITION, []) : undefined
      const reading = session.run<PieceRow>(READ, [name, limit])
      const [located, { rows }] = await Promise.all([position, reading])
      return pieceOf(rows, { name, limit, since: located && positionOf(located.rows[0] as PositionRow) })
    } finally {
      session.release()
    }
  }

  async take(tx: TransactionRunner, { row, name, version }: Cursor, schema?: string): Promise<boolean> {
    const values = [row, name, version]
    if (schema === undefined) return (await tx.run(TAKE, values)).rowCount > 0
    return (await tx.run(TAKE_WITH_TABLES, [...values, pathOf(schema)])).rowCount > 0
  }

  advance(tx: TransactionRunner, { cursor, snapshot, newest }: Piece, progress: Progress): void {
    const { upto = null, isWhole, covers } = progress
    const covered = covers === undefined ? [null, null] : [covers.epoch, formatLsn(covers.lsn)]
    tx.withCommit(ADVANCE, [cursor.row, cursor.name, upto, snapshot, isWhole, newest, ...covered])
  }

  async coverage(runner: StatementRunner, name: string): Promise<Coverage | undefined> {
    const [row] = (await runner.run<CoverageRow>(COVERAGE, [name])).rows
    if (row === undefined || row.epoch === null || row.lsn === null) return undefined
    return { epoch: row.epoch, lsn: parseLsn(row.lsn) }
  }

  async position(call: CallFacts): Promise<StorePosition> {
    const [row] = await this.#rows<PositionRow>(call, POSITION)
    return positionOf(row as PositionRow)
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

interface Reading {
  readonly name: string
  readonly limit: number
  readonly since: StorePosition | undefined
}

function pieceOf(rows: readonly PieceRow[], { name, limit, since }: Reading): Piece | undefined {
  const [first] = rows
  if (first === undefined) return undefined
  const { row, version, snapshot, newest, behind, bounded: isBounded, troubled, kept } = first
  const events = first.seq === null ? [] : rows.map(eventOf)
  const cursor = { name, version, row }
  const isWhole = events.length < limit
  return { cursor, events, isWhole, snapshot, newest, behind, isBounded, troubled, kept, since }
}

function positionOf({ lsn, system, timeline }: PositionRow): StorePosition {
  return { lsn: parseLsn(lsn), epoch: epochId({ systemId: system, timeline }) }
}

/** A schema needs no quotes: it is made of a name that needs none. Functions of extensions are in `public`. */
function pathOf(schema: string): string {
  return `${schema}, public`
}
