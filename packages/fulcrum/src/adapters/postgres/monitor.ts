import type { Clock, Timer } from '../../kernel/clock.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { epochId } from '../../consistency/epoch.ts'
import { type Growth, growingPause } from '../../kernel/growing-pause.ts'
import type { Random } from '../../kernel/random.ts'
import type { StorePosition } from '../../ports/store.ts'
import { ask } from './ask.ts'
import type { Connection, ConnectionOwner } from './connection.ts'
import { CONTROL, type Connector } from './connector.ts'
import { reasonOf } from './failure.ts'
import { parseLsn } from './lsn.ts'
import { CANCEL } from './sql/cancel.ts'
import { type PositionRow, PRIMARY_POSITION, REPLICA_POSITION } from './sql/position.ts'
import { Statement } from './statement.ts'

/** Polling goes on this long after the node was last used. */
const IDLE_AFTER_MS = 1_000
/** A node that does not answer the monitor within this time is not healthy. */
const ANSWER_MS = 2_000
const PAUSE_MS: Growth = { first: 100, longest: 2_000 }

/** A position, and the server that was there. */
export interface Located extends StorePosition {
  readonly server: string
}

export interface MonitorParts {
  readonly clock: Clock
  readonly random: Random
  readonly connector: Connector
  /** Milliseconds between two polls. */
  readonly poll: number
  readonly log: (line: string) => void
  /** The node had reached a position when it was asked. */
  readonly located: (position: StorePosition, askedAt: number) => void
  /** The node has become healthy, again or for the first time. */
  readonly recovered: () => void
}

/**
 * Watches one node over a connection of its own, which also carries what must not wait behind anything: cancellations and questions about lost
 * transactions.
 *
 * Health: unknown → healthy ⇄ unhealthy. A lost connection, a failed or unanswered poll and a replica that does not stream make a node
 * unhealthy; a good poll makes it healthy. Polling: resting → polling while the node is in use → resting a second after the last use, so an idle
 * application asks nothing. An unhealthy node is tried again with growing pauses, used or not.
 */
export class Monitor implements ConnectionOwner {
  readonly #parts: MonitorParts
  #connection: Connection | undefined
  #connecting: Promise<void> | undefined
  #timer: Timer | undefined
  #isPolling = false
  #looking: Promise<void> | undefined
  #renewing: Promise<void> | undefined
  #usedAt = -Infinity
  #failures = 0
  #isClosed = false
  #isHealthy = false
  #isDetached = false
  #problem: string | undefined = 'it has not been reached yet'
  #cause: unknown
  #position: Located | undefined
  /** The timeline that the server behind the connection was last known to receive. */
  #received = 0
  #polledAt: number | undefined

  constructor(parts: MonitorParts) {
    this.#parts = parts
  }

  get isHealthy(): boolean {
    return this.#isHealthy
  }

  /** A replica that answers, but does not follow its primary: better than nothing for a read that may be old, while the primary is away. */
  get isDetached(): boolean {
    return this.#isDetached
  }

  get problem(): string | undefined {
    return this.#problem
  }

  /** The node's position, flushed on a primary and replayed on a replica: it had reached this when it was asked, at `polledAt`. */
  get position(): Located | undefined {
    return this.#position
  }

  get polledAt(): number | undefined {
    return this.#polledAt
  }

  /** Connects and polls once. @throws what stands in the way. */
  async start(): Promise<void> {
    await this.#poll()
    if (this.#isHealthy) return
    this.suspect()
    throw this.#cause
  }

  /** The node is in use. */
  touch(): void {
    this.#usedAt = this.#parts.clock.coarse()
    if (!this.#isPolling && this.#isHealthy) this.#schedule(this.#parts.poll)
  }

  /** Asks at once, and resolves when that is done. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#poll().finally(() => {
      this.#looking = undefined
      if (!this.#isHealthy) this.suspect()
    })
    return this.#looking
  }

  /** Asks over a new connection: a name may lead to another server by now. Never rejects; where that fails the present one stays. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = undefined))
    return this.#renewing
  }

  /** Cuts the connection if it is to a server that must not be believed any more. */
  distrust(isOutdated: (connection: Connection) => boolean): void {
    if (this.#connection !== undefined && isOutdated(this.#connection))
      this.#connection.destroy('It leads to a primary that has been replaced')
  }

  /** Something went wrong with the node: looks at it now. */
  suspect(): void {
    if (!this.#isClosed && !this.#isPolling) this.#schedule(0)
  }

  /** A statement on the monitor's own connection, opened if need be. */
  async ask(text: string, values: readonly string[]): Promise<Statement> {
    await this.#connect()
    const connection = this.#connection
    if (connection === undefined) throw new Error('The connection is closed')
    const statement = new Statement({ text, values }, undefined)
    const limit = this.#limit(connection, statement)
    try {
      return await ask(connection, statement)
    } finally {
      limit.cancel()
    }
  }

  readonly cancelBackend = async (backend: number): Promise<void> => {
    await this.ask(CANCEL, [String(backend)])
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#connecting?.catch(() => {})
    await this.#connection?.end()
  }

  woke(): void {}

  lost(connection: Connection, error: unknown): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#declareUnhealthy(error)
    this.suspect()
  }

  #connect(): Promise<void> {
    if (this.#connection !== undefined) return Promise.resolve()
    this.#connecting ??= this.#open().finally(() => (this.#connecting = undefined))
    return this.#connecting
  }

  async #renew(): Promise<void> {
    try {
      await this.#open()
    } catch (error) {
      if (this.#connection === undefined) this.#declareUnhealthy(error)
      return
    }
    await this.look()
  }

  async #open(): Promise<void> {
    const connection = await this.#parts.connector.open(CONTROL, this.cancelBackend)
    if (this.#isClosed) return connection.end()
    const former = this.#connection
    connection.attach(this)
    this.#received = 0
    this.#connection = connection
    await former?.end()
  }

  #schedule(pause: number): void {
    this.#isPolling = true
    this.#timer = this.#parts.clock.timer(pause, () => void this.#round(), { ref: false })
  }

  async #round(): Promise<void> {
    await this.#poll()
    if (this.#isClosed) return
    const { clock, random, poll } = this.#parts
    if (!this.#isHealthy) this.#schedule(growingPause(this.#failures, PAUSE_MS, random))
    else if (clock.coarse() - this.#usedAt <= IDLE_AFTER_MS) this.#schedule(poll)
    else this.#isPolling = false
  }

  async #poll(): Promise<void> {
    const { clock, connector } = this.#parts
    const askedAt = clock.now()
    try {
      const text = connector.node.role === 'primary' ? PRIMARY_POSITION : REPLICA_POSITION
      this.#learn(await this.ask(text, []), askedAt)
    } catch (error) {
      this.#declareUnhealthy(error)
    }
  }

  #learn({ results, connection }: Statement, askedAt: number): void {
    const row = results[0] as unknown as PositionRow
    const { lsn, state } = row
    const identity = connection?.identity
    if (lsn !== null && identity !== undefined) {
      const { systemId, server } = identity
      const epoch = epochId({ systemId, timeline: this.#timelineOf(row) })
      this.#position = Object.freeze({ lsn: parseLsn(lsn), epoch, server })
      this.#polledAt = askedAt
      this.#parts.located(this.#position, askedAt)
    }
    if (state === 'promoted') this.#promoted()
    else if (state === 'primary' || state === 'streaming') this.#declareHealthy()
    else this.#detached(state)
  }

  /** What a replica has received once, its last restart point may not know for a while. */
  #timelineOf({ timeline, received }: PositionRow): number {
    if (typeof received === 'number') this.#received = received
    return Math.max(this.#received, timeline)
  }

  #detached(state: string): void {
    this.#declareUnhealthy(new Error(`it does not stream from its primary (${state})`))
    this.#isDetached = true
  }

  /** The next connection tells what the server is now. */
  #promoted(): void {
    this.#connection?.destroy('The replica has been promoted')
    this.#declareUnhealthy(new Error('it has been promoted'))
  }

  #declareHealthy(): void {
    this.#isDetached = false
    if (this.#isHealthy) return
    this.#isHealthy = true
    this.#problem = undefined
    if (this.#failures > 0) this.#parts.log(`PostgreSQL ${this.#label} is healthy`)
    this.#failures = 0
    this.#parts.recovered()
  }

  #declareUnhealthy(error: unknown): void {
    this.#isDetached = false
    this.#failures++
    this.#cause = error
    const problem = isFulcrumError(error) ? error.message : reasonOf(error)
    const isNews = this.#isHealthy || this.#problem !== problem
    this.#isHealthy = false
    this.#problem = problem
    if (isNews && !this.#isClosed) this.#parts.log(`PostgreSQL ${this.#label} is not healthy: ${problem}`)
  }

  /** A server that accepts connections but does not answer is as good as gone. What has arrived meanwhile is read before it is judged. */
  #limit(connection: Connection, statement: Statement): Timer {
    const { clock } = this.#parts
    const judge = (): void => {
      if (!statement.isSettled) connection.destroy(`it did not answer within ${ANSWER_MS} ms`)
    }
    return clock.timer(ANSWER_MS, () => void clock.yield().then(judge), { ref: false })
  }

  get #label(): string {
    return this.#parts.connector.node.label
  }
}
