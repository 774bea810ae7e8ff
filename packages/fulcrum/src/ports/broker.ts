import type { EventDeclaration } from '../declare/event.ts'
import type { AdapterDependencies } from './store-source.ts'

/** An event on its way out. */
export interface OutgoingMessage {
  /** The event's name. */
  readonly type: string
  /** What the broker tells repetitions by, as far back as it remembers. */
  readonly dedupe: string
  /** An event in the JSON format of CloudEvents 1.0. */
  readonly body: string
}

/** What becomes of a message that was received. */
export type Receipt =
  /** It is taken in, or was before. */
  | 'taken'
  /** It is no event that can be taken in, ever. */
  | 'unreadable'
  /** It comes again. */
  | 'later'

/** Takes events to other applications and brings theirs: each at least once, those of one type in their order. */
export interface Broker {
  /** Resolves when the broker keeps it. @throws FUL-3002 while it cannot be reached. */
  publish(message: OutgoingMessage): Promise<void>
  /** Hands over messages of these types, one of a type at a time, until the broker is closed; goes on by itself when the broker was away. */
  consume(types: readonly string[], receive: (body: string) => Promise<Receipt>): void
  /** Resolves when what is being received is done with. */
  close(): Promise<void>
}

/** A broker by its configuration. */
export interface BrokerSource {
  readonly kind: 'broker'
  /** Events of this application that it takes to others. */
  readonly publish: readonly EventDeclaration[]
  /** @throws FUL-1014 where its client is not installed. Connects to nothing yet. */
  open(dependencies: AdapterDependencies): Promise<Broker>
}
