import type { OutboxEvent } from './outbox.ts'
import type { CallFacts } from './store.ts'

/** An event that was emitted elsewhere. */
export interface ForeignEvent extends OutboxEvent {
  /** What it shares with its repetitions and with nothing else: 32 hexadecimal digits. */
  readonly inboxId: string
}

/** Which events of elsewhere are in the outbox. */
export interface Inbox {
  /**
   * Writes those into the outbox that are not there yet, in their order, in one transaction with the note that they are. Says for each whether it
   * was written; `false`: it repeats one that was.
   */
  accept(call: CallFacts, events: readonly ForeignEvent[]): Promise<readonly boolean[]>
  /** Forgets what was accepted more than `keep` milliseconds ago, the oldest first, at most `most`; says how many. */
  forget(call: CallFacts, keep: number, most: number): Promise<number>
}
