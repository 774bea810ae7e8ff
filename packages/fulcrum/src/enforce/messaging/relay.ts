import { eventsOf } from '../../declare/delivered.ts'
import type { Clock } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import type { Random } from '../../kernel/random.ts'
import type { CallFacts } from '../../ports/store.ts'
import type { Signals } from '../../ports/signals.ts'
import type { SubscriptionCounts, Subscriptions } from '../../ports/subscriptions.ts'
import type { CompiledSubscriber } from '../runtime/runtime.ts'
import type { Outgoing } from './outgoing.ts'
import { ownFacts } from '../../ports/own-work.ts'
import { Rest } from '../rest.ts'
import { Subscriber } from './subscriber.ts'

export interface RelayParts {
  readonly subscribers: readonly CompiledSubscriber[]
  readonly subscriptions: Subscriptions
  readonly outgoing: Outgoing
  /** What other instances send when they have committed events. */
  readonly signals: Signals
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
}

/** Between two looks for what other instances have committed: short after there was something, twice as long each time while there is not. */
const PACE_MS = { first: 25, longest: 1_000 }
const ANSWER_MS = 10_000
const COUNT_EVERY_MS = 10_000

/**
 * Delivers events to the subscribers of this instance.
 *
 * Made → running → stopped. An instance that commits events wakes its own subscribers at once, and those of others by a signal. Signals get lost with
 * instances and connections, so it also asks for the number that was drawn last, once a second, and wakes them when that has changed. While no
 * signals arrive, it does so 40 times a second where there is something: who has drawn a number commits a moment later.
 */
export class Relay {
  readonly #parts: RelayParts
  readonly #subscribers: readonly Subscriber[]
  readonly #rest: Rest
  #pulse = ''
  #counts: readonly SubscriptionCounts[] = []
  #countedAt = -Infinity
  #isStopping = false
  #running: Promise<void> | undefined

  constructor(parts: RelayParts) {
    this.#parts = parts
    this.#rest = new Rest(parts.clock)
    this.#subscribers = parts.subscribers.map(
      (compiled) => new Subscriber({ ...parts, compiled, facts: factsOf(compiled) }),
    )
  }

  /** What was not delivered when it was last counted, at most some ten seconds ago. */
  get counts(): readonly SubscriptionCounts[] {
    return this.#counts
  }

  /** Makes the subscriptions that are not there yet, and begins to deliver. */
  async start(): Promise<void> {
    const wanted = this.#parts.subscribers.map(({ operation }) => {
      return { name: operation.name, types: eventsOf(operation).map(({ name }) => name) }
    })
    await this.#parts.subscriptions.ensure(this.#facts(), wanted)
    this.#parts.outgoing.onCommit(() => this.wake())
    this.#parts.signals.listen(() => this.wake())
    for (const each of this.#subscribers) each.start()
    this.#running = this.#poll()
  }

  /** Resolves when the transactions in progress are over. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#rest.wake()
    await Promise.all([this.#running, ...this.#subscribers.map((each) => each.stop())])
  }

  /** There may be something to deliver. */
  wake(): void {
    for (const each of this.#subscribers) each.wake()
  }

  /** See `Subscriber.ask`. */
  ask(name: string): void {
    for (const each of this.#subscribers) if (each.name === name) each.ask()
  }

  async #poll(): Promise<void> {
    let pace = PACE_MS.first
    while (!this.#isStopping) {
      const hasChanged = await this.#look()
      const isAlone = !this.#parts.signals.isListening
      pace = hasChanged && isAlone ? PACE_MS.first : Math.min(PACE_MS.longest, pace * 2)
      if (hasChanged || pace < PACE_MS.longest) this.wake()
      await this.#rest.sleep(pace)
    }
  }

  /** Whether events have been written since the last look. While the database does not answer there is nothing to see. */
  async #look(): Promise<boolean> {
    const { subscriptions, clock } = this.#parts
    try {
      const pulse = await subscriptions.pulse()
      if (clock.now() - this.#countedAt >= COUNT_EVERY_MS) await this.#count()
      const hasChanged = pulse !== this.#pulse
      this.#pulse = pulse
      return hasChanged
    } catch {
      return false
    }
  }

  async #count(): Promise<void> {
    this.#countedAt = this.#parts.clock.now()
    this.#counts = await this.#parts.subscriptions.counts(this.#facts())
  }

  #facts(): CallFacts {
    return ownFacts('fulcrum.events', Deadline.after(this.#parts.clock, ANSWER_MS))
  }
}

/** What is read for a subscriber is counted as its own. */
function factsOf(compiled: CompiledSubscriber): CallFacts {
  const { operation, probe } = compiled.begin({})
  return { operation, probe, deadline: Deadline.none }
}
