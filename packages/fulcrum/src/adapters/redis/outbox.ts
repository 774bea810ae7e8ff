import type { Clock } from '../../kernel/clock.ts'
import type { BusMessage } from '../../ports/shared-cache.ts'
import type { Counters } from './counters.ts'
import { GAP, newsOf } from './news.ts'

/** More than this in one turn of the event loop, and the rest is dropped: others are told that they have missed something, which costs less. */
const MOST_MESSAGES = 1_000

export interface OutboxParts {
  readonly clock: Clock
  readonly counters: Counters
  /** Publishes; rejects where it cannot. */
  readonly send: (news: string) => Promise<unknown>
}

/**
 * What this instance has to tell the others: gathered during one turn of the event loop, and sent as one message at its end. Empty → gathering →
 * sent. What cannot be sent is dropped and counted, never kept: it would be old news. Then others have missed something without knowing, and are told
 * so with the next message that gets through, or when `recovered` says that messages do.
 */
export class Outbox {
  readonly #parts: OutboxParts
  #messages: BusMessage[] = []
  #isGathering = false
  #hasDropped = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  post(message: BusMessage): void {
    if (this.#messages.length < MOST_MESSAGES) this.#messages.push(message)
    else this.#drop(1)
    this.#gather()
  }

  /** Messages get through again. */
  recovered(): void {
    if (this.#hasDropped) this.#gather()
  }

  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    void this.#parts.clock.yield().then(() => this.#send())
  }

  async #send(): Promise<void> {
    const messages = this.#messages
    const news = this.#hasDropped ? [GAP, ...messages] : messages
    this.#messages = []
    this.#isGathering = false
    this.#hasDropped = false
    try {
      await this.#parts.send(newsOf(news))
    } catch {
      this.#drop(messages.length)
    }
  }

  #drop(count: number): void {
    this.#hasDropped = true
    this.#parts.counters.dropped += count
  }
}
