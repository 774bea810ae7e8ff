import { hash } from 'node:crypto'
import type { EventDeclaration } from '../../declare/event.ts'
import type { Clock } from '../../kernel/clock.ts'
import { validTraceparent } from '../../kernel/traceparent.ts'
import type { ForeignEvent, Inbox } from '../../ports/inbox.ts'
import type { EnvelopeExtras } from '../../ports/outbox.ts'
import type { CallFacts } from '../../ports/store.ts'
import { checkWith } from '../runtime/schema-check.ts'
import { checkCloudEvent, type CloudEvent, wrong } from './cloud-event.ts'

/** `duplicate`: it was accepted before. */
export type Acceptance = 'accepted' | 'duplicate'

export interface ForeignEventsParts {
  /** Those that the application subscribes to and that happen elsewhere. */
  readonly events: readonly EventDeclaration[]
  readonly inbox: Inbox
  readonly clock: Clock
  /** Called when there are new ones. */
  readonly committed: () => void
}

/** Half of a SHA-256: 128 bits, the size of the database's `uuid`. */
const DIGITS = 32
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The way in for events that happened elsewhere: each becomes a row of the outbox once, by its `source` and `id`, and from there on subscribers are given
 * it like any other. So whoever brings them may bring them again, which is what brokers do.
 */
export class ForeignEvents {
  readonly #parts: ForeignEventsParts
  readonly #events: ReadonlyMap<string, EventDeclaration>

  constructor(parts: ForeignEventsParts) {
    this.#parts = parts
    this.#events = new Map(parts.events.map((event) => [event.name, event]))
  }

  /** Names of the events that are expected. */
  get types(): readonly string[] {
    return [...this.#events.keys()]
  }

  /** One transaction for all. @throws FUL-1002 for what is no event, or none that is expected; then none is accepted. */
  async accept(facts: CallFacts, given: readonly unknown[]): Promise<readonly Acceptance[]> {
    const events = await Promise.all(given.map((event) => this.#foreign(checkCloudEvent(event))))
    const accepted = await this.#parts.inbox.accept(facts, events)
    if (accepted.includes(true)) this.#parts.committed()
    return accepted.map((isNew) => (isNew ? 'accepted' : 'duplicate'))
  }

  async #foreign(event: CloudEvent): Promise<ForeignEvent> {
    const { id, source, type, time, data = null, expirytime } = event
    const inboxId = hash('sha256', JSON.stringify([source, id]), 'hex').slice(0, DIGITS)
    return {
      inboxId,
      id: UUID.test(id) ? id : inboxId,
      type,
      time: time === undefined ? this.#parts.clock.wall() : Date.parse(time),
      key: await this.#key(event),
      data: JSON.stringify(data),
      expires: expirytime === undefined ? null : Date.parse(expirytime),
      envelope: extrasOf(event),
    }
  }

  async #key({ type, partitionkey, data = null }: CloudEvent): Promise<string | null> {
    const declared = this.#events.get(type)
    if (declared === undefined)
      throw wrong('event.type', type, [...this.#events.keys()].join(', ') || 'no event of elsewhere')
    if (partitionkey !== undefined) return partitionkey
    if (declared.key === undefined) return null
    try {
      return declared.key((await checkWith(declared.data, () => new Error())(data)) as never)
    } catch {
      // What cannot be read fails when it is delivered, where somebody can see it and decide.
      return null
    }
  }
}

function extrasOf({ id, source, traceparent: header, fulcrumtoken: token }: CloudEvent): EnvelopeExtras {
  const traceparent = validTraceparent(header)
  return {
    id,
    source,
    ...(traceparent !== undefined && { traceparent }),
    ...(token !== undefined && { token }),
  }
}
