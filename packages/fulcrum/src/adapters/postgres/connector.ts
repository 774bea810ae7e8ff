import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { CancelBackend } from './cancellation.ts'
import { Connection } from './connection.ts'
import type { Driver, WireClient, WireConfig } from './driver.ts'
import { isConnectionFailure } from './failure.ts'
import { type ClusterIdentity, type Identity, identityOf, type NodeName } from './identity.ts'
import { IDENTITY, type IdentityRow, IS_AURORA } from './sql/identity.ts'
import { readHistory, type TimelineHistory } from './timeline-history.ts'
import { poolsTransactions } from './pooler.ts'
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
  readonly log: (line: string) => void
}

/** What a connection is for. */
export interface Purpose {
  /** Added to the application name, for those who look at `pg_stat_activity`. */
  readonly suffix: string
  readonly isBatched: boolean
  /** `false`: settings of the session stay as the database has them. */
  readonly readsByDefault: boolean
  /** Whether it is found out what stands between here and the server. Once per node is enough. */
  readonly isProbed: boolean
  /** Other options of pg's client. */
  readonly options: WireConfig
}

const READING = { isBatched: false, readsByDefault: true, isProbed: false, options: { pipeline: true } }

export const DEDICATED: Purpose = { ...READING, suffix: '' }
export const SHARED: Purpose = { ...READING, suffix: ' pipelined', isBatched: true }
export const CONTROL: Purpose = { ...READING, suffix: ' control', isProbed: true }
export const MIGRATION: Purpose = { ...READING, suffix: ' migration', readsByDefault: false }
export const STATEMENTS: Purpose = { ...READING, suffix: ' jobs', readsByDefault: false }
export const SIGNALS: Purpose = { ...READING, suffix: ' signals', readsByDefault: false }
const REPLICATION: Purpose = { ...READING, suffix: ' history', options: { replication: 'database' } }

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
   * not the server that is meant; FUL-4040 to FUL-4043 when it, or what stands before it, does not keep what is relied on.
   */
  async open(purpose: Purpose, cancelBackend: CancelBackend): Promise<Connection> {
    const { clock } = this.#parts
    const client = this.#client(purpose)
    const identity = await this.#within(client, () => this.#greet(client, purpose))
    const { isBatched } = purpose
    return new Connection({ client, identity, clock, isPipelined: true, isBatched, cancelBackend })
  }

  /** Checks a connection that somebody else has opened. */
  async identify(client: WireClient): Promise<Identity> {
    return this.#within(client, () => this.#identity(client, IDENTITY))
  }

  #client({ suffix, options }: Purpose): WireClient {
    const { driver, config, applicationName } = this.#parts
    const name = `${applicationName}${suffix}`
    return new driver.Client({ ...config, application_name: name, keepAlive: true, ...options })
  }

  async #greet(client: WireClient, purpose: Purpose): Promise<Identity> {
    await client.connect()
    const text = purpose.readsByDefault ? `${SESSION_SETTINGS};${IDENTITY}` : IDENTITY
    const identity = await this.#identity(client, text)
    if (purpose.isProbed && (await poolsTransactions(client, identity, () => this.#connected(purpose))))
      throw fulcrumError('FUL-4042', { node: this.node.label })
    return identity
  }

  async #connected(purpose: Purpose): Promise<WireClient> {
    const client = this.#client(purpose)
    client.on('error', ignore)
    await client.connect()
    return client
  }

  async #identity(client: WireClient, text: string): Promise<Identity> {
    const row = await this.#who(client, text)
    const identity = identityOf(row)
    await this.#parts.cluster.learn(identity, () => this.#history(client, identity))
    this.#parts.cluster.check(identity, this.node)
    return identity
  }

  #history(client: WireClient, identity: Identity): Promise<TimelineHistory | undefined> {
    const replication = (): Promise<WireClient> => this.#connected(REPLICATION)
    const unreadable = (reason: string): void => this.#parts.log(unknownFork(this.node, identity, reason))
    return readHistory({ client, identity, replication, unreadable })
  }

  async #who(client: WireClient, text: string): Promise<IdentityRow> {
    try {
      return await lastRow<IdentityRow>(client, text)
    } catch (error) {
      if (isConnectionFailure(error)) throw error
      const { is_aurora } = await lastRow<{ readonly is_aurora: boolean }>(client, IS_AURORA)
      if (is_aurora) this.#parts.cluster.refuseAurora(this.node)
      throw error
    }
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

function unknownFork({ label }: NodeName, { timeline }: Identity, reason: string): string {
  const meaning =
    'sessions that have written or seen anything on an earlier one are told that they begin anew'
  const remedy = 'It takes a role with REPLICATION, or one that may execute pg_read_file'
  return `PostgreSQL ${label} does not say where timeline ${timeline} began, so ${meaning} (${reason}). ${remedy}`
}

async function lastRow<Row>(client: WireClient, text: string): Promise<Row> {
  const answer = await client.query(text)
  const row = (Array.isArray(answer) ? answer.at(-1) : answer)?.rows[0]
  if (row === undefined) throw new TypeError('The server did not say who it is')
  return row as Row
}

function ignore(): void {}
