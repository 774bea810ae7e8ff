import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { CancelBackend } from './cancellation.ts'
import { Connection } from './connection.ts'
import type { Driver, WireClient, WireConfig } from './driver.ts'
import { type ClusterIdentity, type Identity, identityOf, type NodeName } from './identity.ts'
import { IDENTITY, type IdentityRow } from './sql/identity.ts'
import { SESSION_SETTINGS } from './sql/session.ts'

/** How long a server may take to accept a connection. */
const CONNECT_MS = 10_000

export interface ConnectorParts {
  readonly driver: Driver
  readonly clock: Clock
  readonly cluster: ClusterIdentity
  readonly node: NodeName
  /** Where to connect, in pg's terms. */
  readonly config: WireConfig
  readonly applicationName: string
}

/** What a connection is for. */
export interface Purpose {
  /** Added to the application name, for those who look at `pg_stat_activity`. */
  readonly suffix: string
  readonly isBatched: boolean
  /** `false`: settings of the session stay as the database has them. */
  readonly readsByDefault: boolean
}

export const DEDICATED: Purpose = { suffix: '', isBatched: false, readsByDefault: true }
export const SHARED: Purpose = { suffix: ' pipelined', isBatched: true, readsByDefault: true }
export const CONTROL: Purpose = { suffix: ' control', isBatched: false, readsByDefault: true }
export const MIGRATION: Purpose = { suffix: ' migration', isBatched: false, readsByDefault: false }

/** Opens connections to one node, and lets none pass that leads to another server than is meant. */
export class Connector {
  readonly node: NodeName
  readonly #parts: ConnectorParts

  constructor(parts: ConnectorParts) {
    this.node = parts.node
    this.#parts = parts
  }

  /**
   * @throws what the network or the server says; FUL-3002 when the server does not answer in time; FUL-4001, FUL-4002 or FUL-4005 when it is
   * not the server that is meant.
   */
  async open(purpose: Purpose, cancelBackend: CancelBackend): Promise<Connection> {
    const { driver, clock, config, applicationName } = this.#parts
    const client = new driver.Client({
      ...config,
      application_name: `${applicationName}${purpose.suffix}`,
      keepAlive: true,
      pipeline: true,
    })
    const identity = await this.#within(client, () => this.#greet(client, purpose))
    const { isBatched } = purpose
    return new Connection({ client, identity, clock, isPipelined: true, isBatched, cancelBackend })
  }

  /** Checks a connection that somebody else has opened. */
  async identify(client: WireClient): Promise<Identity> {
    return this.#within(client, () => this.#identity(client, IDENTITY))
  }

  async #greet(client: WireClient, { readsByDefault }: Purpose): Promise<Identity> {
    await client.connect()
    return this.#identity(client, readsByDefault ? `${SESSION_SETTINGS};${IDENTITY}` : IDENTITY)
  }

  async #identity(client: WireClient, text: string): Promise<Identity> {
    const answer = await client.query(text)
    const result = Array.isArray(answer) ? answer.at(-1) : answer
    const row = result?.rows[0] as IdentityRow | undefined
    if (row === undefined) throw new TypeError('The server did not say who it is')
    const identity = identityOf(row)
    this.#parts.cluster.check(identity, this.node)
    return identity
  }

  /** A failed attempt leaves no socket behind. */
  async #within(client: WireClient, work: () => Promise<Identity>): Promise<Identity> {
    // Without a listener an error that comes late would end the process.
    client.on('error', ignore)
    const timer = this.#parts.clock.timer(CONNECT_MS, () => client.connection?.stream.destroy(this.#silent()))
    try {
      return await work()
    } catch (error) {
      client.connection?.stream.destroy()
      throw error
    } finally {
      timer.cancel()
    }
  }

  #silent(): Error {
    const reason = `it did not answer within ${CONNECT_MS} ms`
    return fulcrumError('FUL-3002', { dependency: `PostgreSQL ${this.node.label}`, reason })
  }
}

function ignore(): void {}
