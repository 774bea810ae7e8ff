import type { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Connection, ConnectionOwner } from './connection.ts'
import { sqlState } from './failure.ts'
import { Fifo } from './fifo.ts'
import { whyOver } from './over.ts'
import type { Watchdog, Watched } from './watchdog.ts'

export interface PoolState {
  readonly open: number
  readonly idle: number
  readonly waiting: number
}

/** Lends connections, one call each. */
export interface Pool {
  readonly state: PoolState
  /** What makes the transaction of a read read-only, where that is not how the connections are anyway. */
  readonly beforeRead: string | undefined
  /**
   * @throws FUL-3002 when no connection became free before the deadline; the reason of a deadline that was ended; what opening a connection
   * failed with.
   */
  acquire(deadline: Deadline): Promise<Connection>
  /** Takes a connection back. It is lent again when its statements have ended; one that is lost or spoiled is not. */
  release(connection: Connection): void
  /** Lets go of connections to servers that have been replaced. */
  renew(): void
  /** Resolves when nothing is lent any more. */
  drained(): Promise<void>
  /** Ends all connections, lent or not. */
  close(): Promise<void>
}

/** The server has no place for another connection; those that are there go on. */
const TOO_MANY_CONNECTIONS = '53300'

/** What the one is told whose deadline passed while it waited: 503 rather than 504, since nothing was begun for it. */
export function waitedInVain(reason: unknown, label: string, busy: number): unknown {
  if (!isFulcrumError(reason, 'FUL-3001')) return reason
  const why = `no connection was free before the deadline (${busy} busy)`
  const params = { dependency: `PostgreSQL ${label}`, reason: why }
  return fulcrumError('FUL-3002', params, { operation: reason.operation, cause: reason })
}

/** Waits for a connection. */
class Waiter {
  readonly #resolvers = Promise.withResolvers<Connection>()
  readonly deadline: Deadline

  constructor(deadline: Deadline) {
    this.deadline = deadline
  }

  get promise(): Promise<Connection> {
    return this.#resolvers.promise
  }

  give(connection: Connection): void {
    this.#resolvers.resolve(connection)
  }

  fail(error: unknown): void {
    this.#resolvers.reject(error)
  }
}

export interface OwnPoolParts {
  /** For messages. */
  readonly label: string
  readonly max: number
  readonly open: () => Promise<Connection>
  /** Whether a connection belongs to a server that has been replaced. */
  readonly isOutdated: (connection: Connection) => boolean
  readonly owner: ConnectionOwner
  readonly watchdog: Watchdog
}

/**
 * The store's own pool. A connection is opening → lent ⇄ idle → ended or lost; returning (given back while its last statement is being
 * cancelled) counts as lent. The connection used last is lent first, so that few stay warm and the others may be closed by the server.
 * Waiting is first come, first served, and each waiter gives up at its own deadline.
 */
export class OwnPool implements Pool, Watched {
  readonly beforeRead: undefined = undefined
  readonly #parts: OwnPoolParts
  readonly #idle: Connection[] = []
  readonly #lent = new Set<Connection>()
  readonly #waiters = new Fifo<Waiter>()
  readonly #owner: ConnectionOwner
  readonly #opening = new Set<Promise<void>>()
  #isClosed = false
  #drained: (() => void) | undefined

  constructor(parts: OwnPoolParts) {
    this.#parts = parts
    const { owner } = parts
    this.#owner = {
      woke: (connection) => owner.woke(connection),
      lost: (connection, error) => this.#lost(connection, error),
    }
  }

  get isBusy(): boolean {
    return this.#waiters.size > 0
  }

  get state(): PoolState {
    const open = this.#idle.length + this.#lent.size
    return { open, idle: this.#idle.length, waiting: this.#waiters.size }
  }

  acquire(deadline: Deadline): Promise<Connection> {
    const idle = this.#idle.pop()
    if (idle !== undefined) return Promise.resolve(this.#lend(idle))
    const waiter = new Waiter(deadline)
    this.#waiters.push(waiter)
    if (this.#waiters.size === 1) this.#parts.watchdog.watch(this)
    this.#openMore()
    return waiter.promise
  }

  sweep(): void {
    for (const waiter of this.#waiters.toArray()) {
      const reason = whyOver(waiter.deadline)
      if (reason === undefined) continue
      this.#waiters.remove(waiter)
      waiter.fail(waitedInVain(reason, this.#parts.label, this.#lent.size))
    }
  }

  release(connection: Connection): void {
    connection.whenQuiet(() => this.#takeBack(connection))
  }

  /** What belongs to a server that has been replaced is ended or, where it is in use, cut: nobody is to be answered from there. */
  renew(): void {
    const { isOutdated } = this.#parts
    for (const connection of this.#lent)
      if (isOutdated(connection)) connection.destroy('The server has been replaced')
    const outdated = this.#idle.filter(isOutdated)
    this.#idle.splice(0, this.#idle.length, ...this.#idle.filter((each) => !outdated.includes(each)))
    for (const connection of outdated) void connection.end()
  }

  /** Opens connections ahead of need. */
  async warm(count: number): Promise<void> {
    const missing = Math.min(count, this.#parts.max) - this.#total
    await Promise.all(Array.from({ length: Math.max(0, missing) }, () => this.#open()))
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve
      this.#checkDrained()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (let waiter = this.#waiters.shift(); waiter !== undefined; waiter = this.#waiters.shift())
      waiter.fail(fulcrumError('FUL-3012', { part: 'the store', reason: 'it is closed' }))
    for (const connection of this.#lent) connection.destroy('The store is closed')
    await Promise.all([...this.#opening, ...this.#idle.splice(0).map((connection) => connection.end())])
  }

  get #total(): number {
    return this.#idle.length + this.#lent.size + this.#opening.size
  }

  #openMore(): void {
    if (this.#waiters.size > this.#opening.size && this.#total < this.#parts.max) void this.#open()
  }

  #open(): Promise<void> {
    const opening = this.#parts.open().then(
      (connection) => {
        this.#opening.delete(opening)
        return this.#opened(connection)
      },
      (error: unknown) => {
        this.#opening.delete(opening)
        this.#notOpened(error)
      },
    )
    this.#opening.add(opening)
    return opening
  }

  async #opened(connection: Connection): Promise<void> {
    if (this.#isClosed) return connection.end()
    connection.attach(this.#owner)
    this.#offer(connection)
  }

  #notOpened(error: unknown): void {
    if (sqlState(error) === TOO_MANY_CONNECTIONS && this.#lent.size > 0) return
    // Whoever has waited the longest is told; the others try for themselves.
    this.#waiters.shift()?.fail(error)
    this.#openMore()
  }

  /** To the one who waits, or to the shelf. */
  #offer(connection: Connection): void {
    if (this.#isClosed) return void connection.end()
    const waiter = this.#waiters.shift()
    if (waiter === undefined) this.#idle.push(connection)
    else waiter.give(this.#lend(connection))
  }

  #lend(connection: Connection): Connection {
    this.#lent.add(connection)
    return connection
  }

  #takeBack(connection: Connection): void {
    this.#lent.delete(connection)
    if (connection.isSpoiled || connection.isLost || this.#parts.isOutdated(connection)) {
      if (!connection.isLost) void connection.end()
      this.#openMore()
    } else this.#offer(connection)
    this.#checkDrained()
  }

  #lost(connection: Connection, error: unknown): void {
    const index = this.#idle.indexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
    this.#parts.owner.lost(connection, error)
  }

  #checkDrained(): void {
    if (this.#drained !== undefined && this.#lent.size === 0) this.#drained()
  }
}
