import { isProjection } from '../../declare/projection.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { CallFacts } from '../../ports/store.ts'
import type { Piece, TroubledEvent } from '../../ports/subscriptions.ts'
import { growingPause } from '../../kernel/growing-pause.ts'
import { BatchSize } from './batch-size.ts'
import { Delivery, type DeliveryParts, HandlerFailure } from './delivery.ts'
import type { Lined } from './lanes.ts'
import { Rest } from '../rest.ts'

export interface SubscriberParts extends DeliveryParts {
  /** On whose behalf the next events are read. */
  readonly facts: CallFacts
  readonly log: (line: string) => void
}

/** What a look came to: how long to rest, in milliseconds, until somebody wakes it. */
type Pause = number

/** However quiet it is, it looks this often, in case a wake-up got lost with an instance. */
const IDLE_MS = 10_000
/** Another instance delivers; it may have begun before the event that is waited for was there. */
const ELSEWHERE = { first: 10, longest: 250 }
const UNAVAILABLE = { first: 100, longest: 5_000 }
/** So many events wait behind failed ones that nothing more is taken up: what fails for everything is not the fault of events. */
const MOST_TROUBLED = 1_000
/** Numbers that are looked at again and again without a need, before an idle subscription is moved. */
const FAR_BEHIND = 1_000
const BETWEEN_MOVES_MS = 1_000

/**
 * Delivers the events of one subscriber, as one of its instances.
 *
 * looking → delivering → looking while there is something; → resting until it is woken, a failed event is due or 10 s have passed; → waiting a little
 * where another instance delivers, and longer and longer where the database is away. One transaction at a time, and one instance at a time: what is
 * given up for order and for exactly once is that instances share the subscribers, not the events of one.
 */
export class Subscriber {
  readonly #parts: SubscriberParts
  readonly #delivery: Delivery
  readonly #size = new BatchSize()
  readonly #rest: Rest
  #refusals = 0
  #failures = 0
  #movedAt = -Infinity
  #hasRetried = false
  #isAsked = false
  #isStopping = false
  #running: Promise<void> | undefined

  constructor(parts: SubscriberParts) {
    this.#parts = parts
    this.#delivery = new Delivery(parts)
    this.#rest = new Rest(parts.clock)
  }

  get name(): string {
    return this.#parts.compiled.operation.name
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** There may be something to deliver. */
  wake(): void {
    this.#rest.wake()
  }

  /** Somebody has to know how far it is: it says so, also where there was nothing to deliver. */
  ask(): void {
    this.#isAsked = true
    this.#rest.wake()
  }

  /** Resolves when the transaction in progress is over; begins no other one. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#rest.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#rest.lookedAt()
      await this.#rest.sleep(await this.#look())
    }
  }

  async #look(): Promise<Pause> {
    try {
      const pause = await this.#next()
      this.#failures = 0
      return pause
    } catch (error) {
      if (this.#failures === 0) this.#parts.log(`${this.name} cannot go on: ${String(error)}`)
      return growingPause(this.#failures++, UNAVAILABLE, this.#parts.random)
    }
  }

  async #next(): Promise<Pause> {
    const { subscriptions, facts } = this.#parts
    const isAsked = this.#isAsked
    this.#isAsked = false
    const terms = { limit: this.#size.next, isPlaced: isProjection(this.#parts.compiled.operation) }
    const piece = await subscriptions.read(facts, this.name, terms)
    if (piece === undefined) throw new Error('its subscription is gone')
    if (piece.troubled === 0) return this.#deliver(piece, [], isAsked)
    const troubled = await subscriptions.troubled(facts, this.name)
    const due = troubled.find(({ dueIn }) => dueIn <= 0)
    const isFull = piece.troubled >= MOST_TROUBLED
    if (due !== undefined && (isFull || !this.#hasRetried || piece.events.length === 0)) {
      this.#hasRetried = true
      return this.#retry(piece, due)
    }
    this.#hasRetried = false
    return isFull ? untilDue(troubled) : this.#deliver(piece, troubled)
  }

  async #deliver(piece: Piece, troubled: readonly TroubledEvent[], isAsked = false): Promise<Pause> {
    if (piece.events.length === 0) return this.#idle(piece, troubled, isAsked)
    const { clock } = this.#parts
    const lined = await this.#delivery.lined(piece.events)
    const startedAt = clock.now()
    try {
      const outcome = await this.#delivery.batch(piece, lined, new Set(troubled.map(({ lane }) => lane)))
      if (outcome === 'elsewhere') return this.#elsewhere()
      this.#size.succeeded(lined.length, clock.now() - startedAt)
      return this.#goOn()
    } catch (error) {
      return this.#failed(piece, lined, error)
    }
  }

  /** Nothing to deliver: the subscription is moved now and then, so that what is done with need not be looked at again. */
  async #idle(piece: Piece, troubled: readonly TroubledEvent[], isAsked: boolean): Promise<Pause> {
    const now = this.#parts.clock.now()
    // Only now what has been committed since that moment is looked at; and who asks has to see how far it is.
    if (piece.isBounded || isAsked)
      return (await this.#delivery.skip(piece)) === 'elsewhere' ? this.#elsewhere() : 0
    if (piece.behind > FAR_BEHIND && now - this.#movedAt > BETWEEN_MOVES_MS) {
      this.#movedAt = now
      await this.#delivery.skip(piece)
    }
    return untilDue(troubled)
  }

  async #failed(piece: Piece, lined: readonly Lined[], error: unknown): Promise<Pause> {
    if (isOfStore(error)) throw error
    const [only, ...others] = lined
    if (only === undefined || others.length > 0) {
      this.#size.failed(lined.length, error instanceof HandlerFailure ? error.index : undefined)
      return 0
    }
    const cause = causeOf(error)
    this.#noted(only.event, 1, cause)
    const outcome = await this.#delivery.setAside(piece, only, cause)
    if (outcome === 'elsewhere') return this.#elsewhere()
    this.#size.succeeded(1, 0)
    return 0
  }

  async #retry({ cursor }: Piece, event: TroubledEvent): Promise<Pause> {
    try {
      const outcome = await this.#delivery.again(cursor, event)
      return outcome === 'elsewhere' ? this.#elsewhere() : this.#goOn()
    } catch (error) {
      if (isOfStore(error)) throw error
      const cause = causeOf(error)
      this.#noted(event, event.attempts + 1, cause)
      await this.#delivery.failedAgain(cursor, event, cause)
      return 0
    }
  }

  #noted({ id, type }: Piece['events'][number], attempts: number, error: unknown): void {
    const { compiled, facts, log } = this.#parts
    facts.probe.retried('delivery')
    if (attempts < this.#delivery.settings.attempts) return
    log(`${compiled.operation.name} gave up on ${type} ${id} after ${attempts} attempts: ${String(error)}`)
  }

  #goOn(): Pause {
    this.#refusals = 0
    return 0
  }

  #elsewhere(): Pause {
    return growingPause(this.#refusals++, ELSEWHERE, this.#parts.random)
  }
}

function untilDue(troubled: readonly TroubledEvent[]): Pause {
  return Math.min(IDLE_MS, ...troubled.map(({ dueIn }) => dueIn))
}

function causeOf(error: unknown): unknown {
  return error instanceof HandlerFailure ? error.error : error
}

/** The database is away, or the outcome of the COMMIT is not known: no event is to blame. */
function isOfStore(error: unknown): boolean {
  const cause = causeOf(error)
  return OF_STORE.some((code) => isFulcrumError(cause, code))
}

const OF_STORE = ['FUL-3002', 'FUL-3005', 'FUL-3006', 'FUL-3012'] as const
