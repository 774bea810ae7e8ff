import type { Clock } from '../../kernel/clock.ts'
import type { Connection, ConnectionOwner } from './connection.ts'
import type { Exchange } from './exchange.ts'
import { SHARED_BUDGET_MS } from './pace.ts'
import { Read } from './read.ts'
import { takeReads } from './take-reads.ts'
import type { Watchdog, Watched } from './watchdog.ts'

/** After an attempt to connect has failed, the next one is not made before. */
const RETRY_MS = 500

export interface LaneParts {
  readonly clock: Clock
  readonly watchdog: Watchdog
  readonly open: () => Promise<Connection>
  readonly owner: ConnectionOwner
  /** Finds another way for reads that would wait too long here. */
  readonly move: (reads: readonly Read[]) => void
}

/**
 * A place for one connection that reads share.
 *
 * closed → opening → open → closed when the connection is lost. While open it may be blocked: the statement at the head takes longer than a
 * shared connection can bear. Those behind it are moved, and nobody is sent here until it has ended.
 */
export class Lane implements ConnectionOwner, Watched {
  readonly #parts: LaneParts
  #connection: Connection | undefined
  #opening: Promise<void> | undefined
  #failedAt = -Infinity
  #blockedBy: Exchange | undefined
  #isClosed = false

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  get connection(): Connection | undefined {
    return this.#connection
  }

  /** Exchanges in flight; `Infinity` when nothing may be sent here. */
  get load(): number {
    const connection = this.#connection
    if (connection === undefined) return Infinity
    if (this.#blockedBy === undefined) return connection.load
    if (this.#blockedBy === connection.head) return Infinity
    this.#blockedBy = undefined
    return connection.load
  }

  get isBusy(): boolean {
    return this.#connection?.isBusy === true
  }

  get mayOpen(): boolean {
    if (this.#isClosed || this.#connection !== undefined || this.#opening !== undefined) return false
    return this.#parts.clock.now() - this.#failedAt > RETRY_MS
  }

  /** Resolves when the lane is open. */
  open(): Promise<void> {
    if (this.#connection !== undefined) return Promise.resolve()
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined))
    return this.#opening
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#opening?.catch(ignore)
    await this.#end()
  }

  /** Puts a new connection in the place of one to a server that has been replaced. */
  async replace(): Promise<void> {
    this.#connection?.destroy('The server has been replaced')
    await this.#end()
    await this.open()
  }

  async #end(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    if (connection === undefined) return
    // What is in flight there has deadlines still.
    this.#parts.watchdog.watch(connection)
    await connection.end()
  }

  woke(): void {
    this.#parts.watchdog.watch(this)
  }

  lost(connection: Connection, error: unknown): void {
    if (this.#connection === connection) this.#connection = undefined
    this.#parts.owner.lost(connection, error)
  }

  sweep(): void {
    const connection = this.#connection
    if (connection === undefined) return
    connection.sweep()
    this.#judge(connection)
  }

  async #open(): Promise<void> {
    try {
      const connection = await this.#parts.open()
      connection.attach(this)
      this.#connection = connection
    } catch (error) {
      this.#failedAt = this.#parts.clock.now()
      throw error
    }
  }

  /** Suspects the head, and looks again after the event loop has read what has arrived: the pause may have been this process's own. */
  #judge(connection: Connection): void {
    const { clock } = this.#parts
    const { head } = connection
    if (head === undefined || head === this.#blockedBy || !isOverBudget(connection, clock.now())) return
    void clock.yield().then(() => {
      if (connection.head === head && isOverBudget(connection, clock.now())) this.#block(connection, head)
    })
  }

  #block(connection: Connection, head: Exchange): void {
    this.#blockedBy = head
    if (head.receiver instanceof Read) head.receiver.pace.leave()
    this.#parts.move(takeReads(connection, head))
  }
}

function ignore(): void {}

function isOverBudget(connection: Connection, now: number): boolean {
  return now - connection.headStartedAt > SHARED_BUDGET_MS
}
