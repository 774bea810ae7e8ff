import type { AnyOperation } from '../../declare/operation.ts'
import { isProjection } from '../../declare/projection.ts'
import type { DeliveredEvent, EventEnvelope } from '../../declare/context.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type {
  Cursor,
  Failed,
  Piece,
  Progress,
  StoredEvent,
  Subscriptions,
  TroubledEvent,
} from '../../ports/subscriptions.ts'
import type { CompiledSubscriber } from '../runtime/runtime.ts'
import { checkInput } from '../runtime/schema-check.ts'
import { inLanes, type Lined } from './lanes.ts'
import { backoff, type DeliverySettings, settingsOf } from './settings.ts'

export interface DeliveryParts {
  readonly compiled: CompiledSubscriber
  readonly subscriptions: Subscriptions
  readonly clock: Clock
  readonly random: Random
}

/** A handler has failed, or its event could not be read. */
export class HandlerFailure extends Error {
  /** Where its event is in the batch; `undefined` where that is not known. */
  readonly index: number | undefined
  readonly error: unknown

  constructor(index: number | undefined, error: unknown) {
    super('A handler has failed', { cause: error })
    this.index = index
    this.error = error
  }
}

/** An event that is to be delivered now, and where it is in its batch. */
interface Due extends Lined {
  readonly index: number
}

/** `elsewhere`: another instance delivers, or has; nothing was done. */
export type Delivered = 'delivered' | 'elsewhere'

/**
 * The transactions of one subscriber. In each of them the subscription is locked in the state that was read, and moved on with the COMMIT, so what a
 * handler has done is committed exactly when the event counts as delivered. Whoever comes second finds it locked or in another state.
 */
export class Delivery {
  readonly settings: DeliverySettings
  readonly #parts: DeliveryParts
  /** Where the tables of a projection are. */
  readonly #schema: string | undefined
  readonly #laneOf: (event: StoredEvent) => string | Promise<string>

  constructor(parts: DeliveryParts) {
    this.#parts = parts
    this.settings = settingsOf(parts.compiled.plan)
    const { operation } = parts.compiled
    this.#schema = isProjection(operation) ? operation.schema : undefined
    this.#laneOf = laneOf(operation)
  }

  /** Which lane each event belongs to. */
  lined(events: readonly StoredEvent[]): Promise<Lined[]> {
    return Promise.all(events.map(async (event) => ({ event, lane: await this.#laneOf(event) })))
  }

  /**
   * Delivers events of a piece, keeps those whose lane is in trouble for later, and moves the subscription behind them.
   *
   * @throws HandlerFailure where a handler failed; whatever else prevented it.
   */
  batch(piece: Piece, lined: readonly Lined[], troubled: ReadonlySet<string>): Promise<Delivered> {
    const kept = lined.filter(({ lane }) => troubled.has(lane)).map(behind)
    const due = lined
      .map((each, index) => ({ ...each, index }))
      .filter(({ lane, event }) => !troubled.has(lane) && !this.#isTooLate(event))
    return this.#locked(piece.cursor, async (call, tx) => {
      await this.#deliverAll(call, due)
      this.#parts.subscriptions.keep(tx, piece.cursor, kept)
      this.#parts.subscriptions.advance(tx, piece, this.#progress(piece, lined, kept.length))
    })
  }

  /** Moves the subscription behind an event without having delivered it, which is kept for later or for good. */
  setAside(piece: Piece, { event, lane }: Lined, error: unknown): Promise<Delivered> {
    const failed = this.#failed({ event, lane, attempts: 0 }, error)
    return this.#locked(piece.cursor, async (_call, tx) => {
      this.#parts.subscriptions.keep(tx, piece.cursor, [failed])
      this.#parts.subscriptions.advance(tx, piece, progressOf(piece, [{ event, lane }]))
    })
  }

  /** Moves the subscription where there is nothing to deliver. */
  skip(piece: Piece): Promise<Delivered> {
    return this.batch(piece, [], NONE)
  }

  /** Delivers an event that has failed before. @throws HandlerFailure where its handler has failed again. */
  again(cursor: Cursor, event: TroubledEvent): Promise<Delivered> {
    return this.#locked(cursor, async (call, tx) => {
      try {
        if (!this.#isTooLate(event)) await this.#deliver(call, event, event.attempts)
      } catch (error) {
        throw new HandlerFailure(0, error)
      }
      this.#parts.subscriptions.settle(tx, cursor, event.seq)
      this.#parts.subscriptions.touch(tx, cursor)
    })
  }

  /** Notes that it has failed again. */
  failedAgain(cursor: Cursor, event: TroubledEvent, error: unknown): Promise<Delivered> {
    const failed = this.#failed({ event, lane: event.lane, attempts: event.attempts }, error)
    return this.#locked(cursor, async (_call, tx) => {
      this.#parts.subscriptions.keep(tx, cursor, [failed])
      this.#parts.subscriptions.touch(tx, cursor)
    })
  }

  /** What was of use for a while has happened all the same. */
  #isTooLate({ hasExpired }: StoredEvent): boolean {
    return hasExpired && this.#schema === undefined
  }

  /** With everything of the latest moment applied, the tables of a projection have what was committed before that. */
  #progress(piece: Piece, lined: readonly Lined[], kept: number): Progress {
    const progress = progressOf(piece, lined)
    const isComplete = progress.isWhole && !piece.isBounded && piece.kept + kept === 0
    return isComplete ? { ...progress, covers: piece.since } : progress
  }

  #locked(cursor: Cursor, work: Parameters<typeof inTransaction>[2]): Promise<Delivered> {
    return inTransaction({ ...this.#parts, schema: this.#schema }, cursor, work)
  }

  async #deliverAll(whole: Transacted, due: readonly Due[]): Promise<void> {
    if (this.#parts.compiled.takesMany) return this.#deliverMany(whole, due)
    await inLanes(due, this.settings.concurrency, async ({ event, index }) => {
      try {
        await this.#deliver(whole, event, 0)
      } catch (error) {
        throw new HandlerFailure(index, error)
      }
    })
  }

  async #deliverMany(whole: Transacted, due: readonly Due[]): Promise<void> {
    if (due.length === 0) return
    const events = due.map(({ event }) => deliveredOf(event, 0))
    try {
      await this.#parts.compiled.deliverMany(whole, events)
    } catch (error) {
      throw new HandlerFailure(due.length === 1 ? due[0]?.index : undefined, error)
    }
  }

  #deliver(whole: Transacted, event: StoredEvent, attempts: number): Promise<unknown> {
    const { compiled } = this.#parts
    const delivered = deliveredOf(event, attempts)
    return compiled.takesMany
      ? compiled.deliverMany(whole, [delivered])
      : compiled.deliver(whole, delivered.event, delivered.data)
  }

  #failed({ event, lane, attempts: before }: Lined & { readonly attempts: number }, error: unknown): Failed {
    const attempts = before + 1
    const isDead = attempts >= this.settings.attempts
    const dueIn = isDead ? undefined : backoff(this.settings, attempts, this.#parts.random)
    return { event, lane, attempts, dueIn, isDead, reason: reasonOf(error) }
  }
}

const NONE: ReadonlySet<string> = new Set()

function deliveredOf(event: StoredEvent, attempts: number): DeliveredEvent<unknown> {
  return { data: JSON.parse(event.data) as unknown, event: envelopeOf(event, attempts) }
}

type Transacted = Parameters<CompiledSubscriber['deliver']>[0]
type Transaction = NonNullable<Transacted['transaction']>

function inTransaction(
  { compiled, subscriptions, schema }: DeliveryParts & { readonly schema: string | undefined },
  cursor: Cursor,
  work: (call: Transacted, tx: Transaction) => Promise<void>,
): Promise<Delivered> {
  return compiled.transact(async (call) => {
    const tx = call.transaction
    if (tx === undefined || !(await subscriptions.take(tx, cursor, schema))) return 'elsewhere'
    await work(call, tx)
    return 'delivered'
  })
}

function progressOf(
  { isWhole, events }: Piece,
  lined: readonly Lined[],
): { upto: string | undefined; isWhole: boolean } {
  return { upto: lined.at(-1)?.event.seq, isWhole: isWhole && lined.length === events.length }
}

/** It waits until what is in front of it in its lane is done with. */
function behind({ event, lane }: Lined): Failed {
  return { event, lane, attempts: 0, dueIn: undefined, isDead: false, reason: undefined }
}

function envelopeOf({ type, time, envelope, ...event }: StoredEvent, attempts: number): EventEnvelope {
  const { id = event.id, source = sourceOf(type), traceparent, token } = envelope ?? {}
  return { id, source, type, time: new Date(time), traceparent, token, attempts }
}

function sourceOf(type: string): string {
  return `/${type.slice(0, type.indexOf('.'))}`
}

const LONGEST_REASON = 1_000

function reasonOf(error: unknown): string {
  return String(error).slice(0, LONGEST_REASON)
}

/** What the subscriber declares, else the key of the event, else one lane for all. */
function laneOf({ name, input, contract }: AnyOperation): (event: StoredEvent) => string | Promise<string> {
  const order = contract.delivery?.order
  if (order === undefined) return ({ key }) => key ?? ''
  const check = checkInput(input, name)
  return async ({ key, data }) => {
    try {
      return order((await check(JSON.parse(data))) as never)
    } catch {
      // What cannot be read fails when it is delivered; until then it waits with what the event itself names.
      return key ?? ''
    }
  }
}
