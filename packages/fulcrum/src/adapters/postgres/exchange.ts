import type { Deadline } from '../../kernel/deadline.ts'
import type { Connection } from './connection.ts'
import type { RowDescription, Wire, WireQuery } from './driver.ts'
import { whyOver } from './over.ts'

/** Who is told how an exchange ended: exactly one of the two, once. */
export interface Receiver<E extends Exchange = Exchange> {
  complete(exchange: E): void
  fail(error: unknown, exchange: E): void
}

/** Waits, but does not want to know. */
export const NOBODY: Receiver = { complete() {}, fail() {} }

/**
 * One question to the server and its answer: what is sent up to one Sync (or one simple query), until the server is ready for the next.
 *
 * made → sent → settled (complete or failed). An exchange that is sent cannot be taken back: the one who asked may be told early
 * (`abandon`: the deadline is over, or the question was asked again elsewhere), and the answer is dropped when it comes.
 *
 * pg's client drives it like one of its own queries, which is what its prototype is derived from at run time (see `deriveFromQuery`).
 */
export abstract class Exchange implements WireQuery {
  /** Until when somebody waits for the answer. */
  readonly deadline: Deadline | undefined
  /** Set by pg's client when its `query_timeout` is on: called at the end, it stops the timer. */
  callback: (() => void) | undefined = undefined
  connection: Connection | undefined = undefined
  /** When it was written, on the scale of `Clock.now()`; `Infinity` before. */
  sentAt: number = Infinity
  /** When the server turned to it: when it was sent, or when the answer before it ended. Known once it is settled. */
  startedAt = 0
  settledAt = 0
  isSettled = false
  #receiver: Receiver<this> | undefined = undefined

  constructor(deadline: Deadline | undefined) {
    this.deadline = deadline
  }

  /** It has left this process. What has not can be sent again elsewhere without a thought. */
  get isWritten(): boolean {
    return this.sentAt !== Infinity
  }

  /** Milliseconds from writing it to its end. */
  get elapsed(): number {
    return Math.max(0, this.settledAt - this.sentAt)
  }

  /** Milliseconds that the server spent on it, as far as can be seen from here. */
  get served(): number {
    return Math.max(0, this.settledAt - this.startedAt)
  }

  /** Nobody waits for the answer any more. */
  get isAbandoned(): boolean {
    return this.#receiver === undefined
  }

  /** Who waits for the answer. */
  get receiver(): Receiver<this> | undefined {
    return this.#receiver
  }

  receiveWith(receiver: Receiver<this>): this {
    this.#receiver = receiver
    return this
  }

  /** Tells the one who asked if their deadline is over. */
  sweep(now: number): void {
    if (this.deadline === undefined || this.isAbandoned) return
    const reason = whyOver(this.deadline)
    if (reason !== undefined) this.abandon(reason, now)
  }

  /** Tells the one who asked that there will be no answer. */
  abandon(reason: unknown, now: number): void {
    this.settledAt = now
    this.detach()?.fail(reason, this)
  }

  /** Drops the answer without telling anybody; returns the one who would have been told. */
  detach(): Receiver<this> | undefined {
    const receiver = this.#receiver
    this.#receiver = undefined
    return receiver
  }

  abstract submit(wire: Wire): Error | null
  abstract handleRowDescription(message: RowDescription): void
  abstract handleDataRow(message: { readonly fields: readonly (string | null)[] }): void
  abstract handleCommandComplete(message: { readonly text: string }): void

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  handleCopyData(): void {}

  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail('COPY FROM STDIN has no data here')
  }

  handleError(error: unknown): void {
    if (this.isSettled) return
    this.#settle(error)
    this.detach()?.fail(error, this)
  }

  handleReadyForQuery(): void {
    if (this.isSettled) return
    this.#settle(undefined)
    this.detach()?.complete(this)
  }

  /** Steps out of the connection's queue, before anybody is told, so that whoever is told may use the connection. */
  #settle(error: unknown): void {
    this.isSettled = true
    this.callback?.()
    this.connection?.settled(this, error)
  }
}

/**
 * pg's client takes query objects of any class, but on pipelined connections only those derived from its own `Query`. Calling that
 * constructor would make an event emitter and a result per statement that nobody uses, so only the prototypes are linked.
 */
export function deriveFromQuery(queryPrototype: object): void {
  if (!Object.prototype.isPrototypeOf.call(queryPrototype, Exchange.prototype))
    Object.setPrototypeOf(Exchange.prototype, queryPrototype)
}
