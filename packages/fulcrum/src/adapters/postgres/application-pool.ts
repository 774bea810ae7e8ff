import type { Clock } from '../../kernel/clock.ts'
import type { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { CancelBackend } from './cancellation.ts'
import { Connection, type ConnectionOwner } from './connection.ts'
import type { Connector } from './connector.ts'
import type { WireClient } from './driver.ts'
import type { PgPool } from './options.ts'
import { type Pool, type PoolState, waitedInVain } from './pool.ts'
import { READ_ONLY } from './sql/session.ts'

interface LentClient extends WireClient {
  release(error?: boolean): void
}

export interface ApplicationPoolParts {
  readonly pool: PgPool
  readonly clock: Clock
  readonly connector: Connector
  readonly cancelBackend: CancelBackend
  readonly isOutdated: (connection: Connection) => boolean
  readonly owner: ConnectionOwner
}

/**
 * The application's own `pg.Pool`. Its connections are borrowed for single calls and given back as they were: no setting of the session is
 * changed. What is known about a client (its server, the statements prepared on it) is kept for the next time.
 */
export class ApplicationPool implements Pool {
  readonly beforeRead: string = READ_ONLY
  readonly #parts: ApplicationPoolParts
  readonly #known = new WeakMap<WireClient, Connection>()
  readonly #lent = new Set<Connection>()
  #drained: (() => void) | undefined

  constructor(parts: ApplicationPoolParts) {
    this.#parts = parts
  }

  get state(): PoolState {
    const { totalCount: open = 0, idleCount: idle = 0, waitingCount: waiting = 0 } = this.#parts.pool
    return { open, idle, waiting }
  }

  async acquire(deadline: Deadline): Promise<Connection> {
    const client = await this.#borrow(deadline)
    try {
      const known = this.#known.get(client)
      if (known !== undefined && this.#parts.isOutdated(known)) {
        client.release(true)
        return await this.acquire(deadline)
      }
      const connection = known ?? (await this.#meet(client))
      connection.attach(this.#parts.owner)
      this.#lent.add(connection)
      return connection
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  release(connection: Connection): void {
    connection.whenQuiet(() => {
      const isUseless = connection.isSpoiled || connection.isLost || this.#parts.isOutdated(connection)
      this.#lent.delete(connection)
      connection.detach()
      ;(connection.client as LentClient).release(isUseless)
      if (this.#drained !== undefined && this.#lent.size === 0) this.#drained()
    })
  }

  /** What is lent is cut if its server has been replaced; what is idle is found out when it is borrowed. */
  renew(): void {
    for (const connection of this.#lent)
      if (this.#parts.isOutdated(connection)) connection.destroy('The server has been replaced')
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve
      if (this.#lent.size === 0) resolve()
    })
  }

  /** The pool belongs to the application; only what is still borrowed is cut. */
  async close(): Promise<void> {
    for (const connection of this.#lent) connection.destroy('The store is closed')
  }

  /** A client that comes after its caller has given up goes straight back. */
  #borrow(deadline: Deadline): Promise<LentClient> {
    const { promise, resolve, reject } = Promise.withResolvers<LentClient>()
    const { pool, connector } = this.#parts
    let isOver = false
    const watch = deadline.onExpire((reason) => {
      isOver = true
      reject(waitedInVain(reason, connector.node.label, this.#lent.size))
    })
    const arrived = (client: unknown): void => {
      watch.cancel()
      if (isOver) (client as LentClient).release()
      else resolve(client as LentClient)
    }
    pool.connect().then(arrived, (error: Error) => {
      watch.cancel()
      reject(error)
    })
    return promise
  }

  async #meet(client: LentClient): Promise<Connection> {
    if (client.connection === undefined) {
      const allowed = 'a pool of the JavaScript client'
      throw fulcrumError('FUL-1012', { field: 'postgres.pool', found: 'a pool of pg-native', allowed })
    }
    const { clock, connector, cancelBackend } = this.#parts
    const identity = await connector.identify(client)
    const isPipelined = (client as { readonly pipeline?: unknown }).pipeline === true
    const connection = new Connection({
      client,
      identity,
      clock,
      isPipelined,
      isBatched: false,
      cancelBackend,
    })
    this.#known.set(client, connection)
    return connection
  }
}
