import pg from 'pg'
import {
  PostgresServer,
  type ServerPlan,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/server.ts'
import {
  connectionUrl,
  type Credentials,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/sql.ts'
import { clock } from '../../support/parts.ts'

/** One PostgreSQL, whatever its role is at the moment, and a session on it for administration. */
export class Server {
  readonly name: string
  readonly port: number
  readonly #credentials: Credentials
  #server: PostgresServer
  #client: pg.Client | undefined

  constructor(server: PostgresServer, credentials: Credentials) {
    this.name = server.plan.name
    this.port = server.plan.port
    this.#credentials = credentials
    this.#server = server
  }

  get plan(): ServerPlan {
    return this.#server.plan
  }

  async client(): Promise<pg.Client> {
    if (this.#client !== undefined) return this.#client
    const connectionString = connectionUrl({ ...this.#credentials, port: this.port, database: 'postgres' })
    const client = new pg.Client({ connectionString, application_name: 'verify' })
    client.on('error', () => (this.#client = undefined))
    await client.connect()
    this.#client = client
    return client
  }

  async rows<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const client = await this.client()
    return (await client.query<R>(text, [...values])).rows
  }

  /** Changes a setting while the server runs; `undefined` sets it back. */
  async set(name: string, value: string | undefined): Promise<void> {
    await this.rows(
      value === undefined ? `ALTER SYSTEM RESET ${name}` : `ALTER SYSTEM SET ${name} = '${value}'`,
    )
    await this.rows('SELECT pg_reload_conf()')
  }

  async start(plan: ServerPlan = this.plan): Promise<void> {
    this.#server = await PostgresServer.start(plan, clock)
  }

  async kill(): Promise<void> {
    this.#client = undefined
    await this.#server.kill()
  }

  async stop(): Promise<void> {
    await this.#client?.end().catch(() => {})
    this.#client = undefined
    await this.#server.stop()
  }
}
