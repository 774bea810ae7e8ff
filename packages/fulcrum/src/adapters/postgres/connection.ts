import type { Clock } from '../../kernel/clock.ts'
import { Brackets } from './bracket.ts'
import { Cancellation, type CancelBackend } from './cancellation.ts'
import type { WireClient } from './driver.ts'
import type { Exchange } from './exchange.ts'
import { isConnectionFailure } from './failure.ts'
import { Fifo } from './fifo.ts'
import type { Identity } from './identity.ts'
import { PreparedStatements } from './prepared.ts'
import type { Watched } from './watchdog.ts'

export interface ConnectionParts {
  readonly client: WireClient
  readonly identity: Identity
  readonly clock: Clock
  /** Whether the client sends without waiting for the answer before. */
  readonly isPipelined: boolean
  /** Collects what is sent within one turn of the event loop and writes it at once: one system call instead of one per statement. */
  readonly isBatched: boolean
  readonly cancelBackend: CancelBackend
}

/** Who is told about a connection. */
export interface ConnectionOwner {
  /** Something was sent on a connection that had nothing to do. */
  woke(connection: Connection): void
  /** The connection is gone. Called once, before the exchanges in flight are told. */
  lost(connection: Connection, error: unknown): void
}

/**
 * One session on a server, and what is in flight on it.
 *
 * idle ⇄ busy (something in flight); lost from either, when the server or the network ends it or `destroy` does. A connection is `quiet` when it
 * is idle and no cancellation is under way: a cancellation may arrive late, and must not hit what comes next.
 */
export class Connection implements Watched {
  readonly client: WireClient
  readonly identity: Identity
  readonly prepared: PreparedStatements
  readonly brackets: Brackets
  readonly #parts: ConnectionParts
  readonly #cancellation: Cancellation
  readonly #inFlight = new Fifo<Exchange>()
  #owner: ConnectionOwner | undefined
  #isLost = false
  /** What is collected to be written at once. */
  #batch: Exchange[] = []
  #lastSettledAt = 0
  #whenQuiet: (() => void) | undefined

  constructor(parts: ConnectionParts) {
    this.client = parts.client
    this.identity = parts.identity
    this.prepared = PreparedStatements.of(parts.client)
    this.brackets = new Brackets(this, parts.isBatched)
    this.#parts = parts
    this.#cancellation = new Cancellation(parts, () => this.#checkQuiet())
  }

  get isLost(): boolean {
    return this.#isLost
  }

  /** Somebody has left something behind on it, so it must not serve another call. */
  isSpoiled = false

  get isBusy(): boolean {
    return this.#inFlight.size > 0 && !this.#isLost
  }

  /** How many exchanges are in flight. */
  get load(): number {
    return this.#inFlight.size
  }

  /** What the server is working on. */
  get head(): Exchange | undefined {
    return this.#inFlight.peek()
  }

  /** When the server turned to the head, on the scale of `Clock.now()`. */
  get headStartedAt(): number {
    return Math.max(this.head?.sentAt ?? Infinity, this.#lastSettledAt)
  }

  get isQuiet(): boolean {
    return this.#inFlight.size === 0 && !this.#cancellation.isUnderWay
  }

  /** What is in flight, oldest first. */
  inFlight(): Exchange[] {
    return this.#inFlight.toArray()
  }

  /** Starts to watch the connection on behalf of `owner`. A connection is lent to one owner at a time. */
  attach(owner: ConnectionOwner): void {
    this.#owner = owner
    this.client.on('error', this.#onEnd)
    this.client.on('end', this.#onEnd)
  }

  /** Gives the client back to whoever it was borrowed from, who watches it from now on. */
  detach(): void {
    this.#owner = undefined
    this.client.off('error', this.#onEnd)
    this.client.off('end', this.#onEnd)
  }

  send(exchange: Exchange): void {
    exchange.connection = this
    if (this.#isLost) return exchange.handleError(new Error('The connection is closed'))
    this.#inFlight.push(exchange)
    if (this.#inFlight.size === 1) this.#owner?.woke(this)
    if (this.#parts.isBatched) this.#collect(exchange)
    // A client that is not pipelined has a queue of its own, which pg deprecates.
    if (this.#parts.isPipelined || this.#inFlight.size === 1) this.#write(exchange)
  }

  /** Has `work` send several exchanges with one system call. */
  together(work: () => void): void {
    const stream = this.client.connection?.stream
    stream?.cork()
    work()
    stream?.uncork()
  }

  /** An exchange has got its answer. */
  settled(exchange: Exchange, error?: unknown): void {
    exchange.startedAt = Math.max(exchange.sentAt, this.#lastSettledAt)
    exchange.settledAt = this.#parts.clock.now()
    this.#lastSettledAt = exchange.settledAt
    if (this.#inFlight.peek() === exchange) this.#inFlight.shift()
    if (error !== undefined && isConnectionFailure(error)) this.#lose(error)
    if (!this.#parts.isPipelined) this.#sendNext(error)
    this.#checkQuiet()
  }

  /** Tells those whose deadline is over, and stops what the server does for nobody. */
  sweep(): void {
    const now = this.#parts.clock.now()
    for (const exchange of this.#inFlight) exchange.sweep(now)
    const { head } = this
    // Only the head can be hit; cancelling for the sake of another one would hit a neighbour. One that has just begun may end by itself.
    if (head?.isAbandoned !== true || now - this.headStartedAt < 1) return
    if (this.#cancellation.hasFailed(head)) this.destroy('A statement could not be cancelled')
    else this.#cancellation.request(head)
  }

  /** Whether a cancellation that was meant for another exchange can have hit this one. */
  mayHaveBeenHit(exchange: Exchange): boolean {
    return this.#cancellation.mayHaveHit(exchange)
  }

  /** Drops the answers to what is in flight; the server is told to stop. */
  abandonAll(reason: unknown): void {
    const now = this.#parts.clock.now()
    for (const exchange of this.#inFlight) exchange.abandon(reason, now)
  }

  /** Calls `listener` once, as soon as the connection is quiet or lost. */
  whenQuiet(listener: () => void): void {
    this.#whenQuiet = listener
    this.#checkQuiet()
  }

  /** Ends the session in an orderly way; what is in flight gets its answer first. Never rejects. */
  async end(): Promise<void> {
    this.#owner = undefined
    if (!this.#isLost) await this.client.end().catch(() => {})
  }

  /** Cuts the connection. The server rolls back what is open when it notices. */
  destroy(reason: string): void {
    this.client.connection?.stream.destroy(new Error(reason))
  }

  readonly #onEnd = (error?: Error): void => {
    this.#lose(error ?? new Error('The connection has ended'))
  }

  #lose(error: unknown): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#owner?.lost(this, error)
    this.#checkQuiet()
  }

  /** Without pipelining pg knows of one exchange at a time; the others wait here. */
  #sendNext(error: unknown): void {
    const next = this.#inFlight.peek()
    if (next === undefined) return
    if (this.#isLost) next.handleError(error ?? new Error('The connection has ended'))
    else this.#write(next)
  }

  #write(exchange: Exchange): void {
    if (!this.#parts.isBatched) exchange.sentAt = this.#parts.clock.now()
    this.client.query(exchange)
  }

  #checkQuiet(): void {
    if (this.#whenQuiet === undefined || (!this.#isLost && !this.isQuiet)) return
    const listener = this.#whenQuiet
    this.#whenQuiet = undefined
    listener()
  }

  #collect(exchange: Exchange): void {
    if (this.#batch.push(exchange) > 1) return
    this.client.connection?.stream.cork()
    void this.#parts.clock.yield().then(this.#flush)
  }

  readonly #flush = (): void => {
    // Nobody reads it any more, so it counts as never written.
    if (this.#isLost) return
    this.brackets.close()
    const now = this.#parts.clock.now()
    for (const exchange of this.#batch) if (!exchange.isSettled) exchange.sentAt = now
    this.#batch = []
    this.client.connection?.stream.uncork()
  }
}
