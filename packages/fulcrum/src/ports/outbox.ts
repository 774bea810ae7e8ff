import type { TransactionRunner } from './store.ts'

/** What the envelope of an event has that does not follow from the event itself. */
export interface EnvelopeExtras {
  /** The place in a trace of the request that it was emitted for (W3C Trace Context). */
  readonly traceparent?: string
  /** Of an event of elsewhere (CloudEvents `source`). Default: its module. */
  readonly source?: string
  /** Of an event of elsewhere (CloudEvents `id`). Default: its own. */
  readonly id?: string
  /** Of an event of elsewhere: a session token of the application that it comes from, with which its effects are seen there. */
  readonly token?: string
}

/** One event as it is kept: the envelope of CloudEvents 1.0, without what follows from the rest of it. */
export interface OutboxEvent {
  /** A UUID; with `source` it is what makes the event this one (CloudEvents `id`). */
  readonly id: string
  /** The event's name, such as `orders.OrderPlaced`. Its module is the `source`. */
  readonly type: string
  /** Milliseconds since the Unix epoch, on the clock of the instance that emitted it. */
  readonly time: number
  /** What it is about (CloudEvents `partitionkey`); `null` where the event declares no key. */
  readonly key: string | null
  /** JSON. */
  readonly data: string
  /** Milliseconds since the Unix epoch after which it is of no use; `null`: never. */
  readonly expires: number | null
  /** `null`: nothing. */
  readonly envelope: EnvelopeExtras | null
}

/** Events that are kept with what they tell of. */
export interface Outbox {
  /** Writes events in the message of the transaction's COMMIT, in one statement: they are there exactly when its effects are, in this order. */
  append(tx: TransactionRunner, events: readonly OutboxEvent[]): void
}
