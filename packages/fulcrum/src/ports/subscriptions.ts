import type { EnvelopeExtras } from './outbox.ts'
import type { StatementRunner } from '../declare/db.ts'
import type { Coverage } from './coverage.ts'
import type { CallFacts, StorePosition, TransactionRunner } from './store.ts'

/** An event as a subscriber gets it. */
export interface StoredEvent {
  /** Its number in the outbox, as a text. */
  readonly seq: string
  readonly id: string
  readonly type: string
  /** Milliseconds since the Unix epoch. */
  readonly time: number
  readonly key: string | null
  /** JSON. */
  readonly data: string
  /** Milliseconds since the Unix epoch; `null`: never. */
  readonly expires: number | null
  /** That time had come when it was read. */
  readonly hasExpired: boolean
  readonly envelope: EnvelopeExtras | null
}

/** One state of a subscription. What is delivered of it counts only while it is still in this state. */
export interface Cursor {
  readonly name: string
  readonly version: string
  /** Where the row is: addressed like this, subscribers do not conflict with each other in serializable transactions. */
  readonly row: string
}

/** Where a subscriber goes on: the next events, in their order. */
export interface Piece {
  readonly cursor: Cursor
  readonly events: readonly StoredEvent[]
  /** There are no more of the moment that `snapshot` is of. */
  readonly isWhole: boolean
  readonly snapshot: string
  /** The greatest number that was visible. */
  readonly newest: string
  /** How far the cursor is behind it, by numbers: an idle one is moved once that is much. */
  readonly behind: number
  /** It is of an earlier moment, which is worked through first: what has been committed since is not in it. */
  readonly isBounded: boolean
  /** Events whose delivery has failed, and those that wait behind them; dead letters are not among them. */
  readonly troubled: number
  /** The same, and dead letters. */
  readonly kept: number
  /** Where the log was before it was read; `undefined` where nobody asked. */
  readonly since: StorePosition | undefined
}

/** A subscription as it is declared. */
export interface Wanted {
  readonly name: string
  readonly types: readonly string[]
}

/** A projection as it is declared. */
export interface WantedProjection extends Wanted {
  /** Where its tables are. */
  readonly schema: string
  /** Whether its tables are filled from others, before it is given events. */
  readonly isSeeded: boolean
}

/** How much of a piece is done with. */
export interface Progress {
  /** The number of the last event. `undefined`: there was none. */
  readonly upto: string | undefined
  readonly isWhole: boolean
  /** What is in the tables of a projection then. Default: as before. */
  readonly covers?: Coverage | undefined
}

/** An event whose delivery has failed, or that waits behind one. */
export interface TroubledEvent extends StoredEvent {
  /** What is delivered in order: events of one lane wait for each other. */
  readonly lane: string
  /** Deliveries that have failed. */
  readonly attempts: number
  /** Milliseconds until it is tried again; at most 0: now. */
  readonly dueIn: number
}

/** What becomes of an event whose delivery has failed. */
export interface Failed {
  readonly event: StoredEvent
  readonly lane: string
  readonly attempts: number
  /** Milliseconds until the next attempt; `undefined`: it waits behind another one of its lane. */
  readonly dueIn: number | undefined
  /** It is not tried again. */
  readonly isDead: boolean
  readonly reason: string | undefined
}

export interface SubscriptionCounts {
  readonly name: string
  /** Failed, or waiting behind one that has. */
  readonly troubled: number
  readonly dead: number
  /** Milliseconds since the oldest event that has not been delivered was emitted; 0: all have. */
  readonly lag: number
}

/** An event that is not tried again. */
export interface DeadLetter {
  readonly subscriber: string
  readonly id: string
  readonly type: string
  readonly time: Date
  readonly data: unknown
  readonly attempts: number
  readonly diedAt: Date
  /** What its handler failed with the last time. */
  readonly reason: string
}

export interface ReadPieceTerms {
  /** So many at the most. */
  readonly limit: number
  /** Whether to ask where the log is, before. */
  readonly isPlaced: boolean
}

/** What is kept of subscribers, in the database of the outbox. */
export interface Subscriptions {
  /** Makes the subscriptions that are not there yet; they begin with the events that are committed from now on. */
  ensure(call: CallFacts, wanted: readonly Wanted[]): Promise<void>
  /** Of these names, those that have a subscription. */
  existing(call: CallFacts, names: readonly string[]): Promise<readonly string[]>
  /**
   * Makes the subscription of a new projection in a transaction that sees one snapshot, whose statements are about its tables from then on. Seeded, it
   * begins with what that snapshot does not contain, otherwise with the first event. `false`: it is there already.
   *
   * @throws FUL-4051 where it is not seeded, and events that it is kept from have been deleted.
   */
  begin(tx: TransactionRunner, wanted: WantedProjection): Promise<boolean>
  /** Changes, now or in a moment, with every event that is emitted. Asking is cheap. */
  pulse(): Promise<string>
  read(call: CallFacts, name: string, terms: ReadPieceTerms): Promise<Piece | undefined>
  /** Takes the right to deliver in this transaction, whose statements look for tables in `schema` first where there is one; `false`: another instance has it, or the subscription has changed since. */
  take(tx: TransactionRunner, cursor: Cursor, schema?: string): Promise<boolean>
  /** With COMMIT: the piece is done with, as far as it says. */
  advance(tx: TransactionRunner, piece: Piece, progress: Progress): void
  /** The first event of each lane that is in trouble, and those that wait behind it are not among them. */
  troubled(call: CallFacts, name: string): Promise<readonly TroubledEvent[]>
  /** With COMMIT: keeps events that were not delivered, or what has changed about them. */
  keep(tx: TransactionRunner, cursor: Cursor, failed: readonly Failed[]): void
  /** With COMMIT: an event that had failed was delivered. */
  settle(tx: TransactionRunner, cursor: Cursor, seq: string): void
  /** With COMMIT: the subscription has changed, though not how far it is. */
  touch(tx: TransactionRunner, cursor: Cursor): void
  /** What the tables of a projection contain, for whoever reads them afterwards with the same runner. */
  coverage(runner: StatementRunner, name: string): Promise<Coverage | undefined>
  /** Where the log of the primary is. */
  position(call: CallFacts): Promise<StorePosition>
  counts(call: CallFacts): Promise<readonly SubscriptionCounts[]>
  /** Deletes events that every subscription is past and that are older than `keep` milliseconds, a bounded number of them; says how many. */
  prune(call: CallFacts, keep: number): Promise<number>
  /** Oldest first. `name`: `undefined` for all. */
  deadLetters(call: CallFacts, name: string | undefined, limit: number): Promise<readonly DeadLetter[]>
  /** Says how many. `id`: `undefined` for all. */
  redrive(call: CallFacts, name: string, id: string | undefined): Promise<number>
  replay(call: CallFacts, name: string, since: Date): Promise<void>
  forget(call: CallFacts, name: string): Promise<boolean>
}
