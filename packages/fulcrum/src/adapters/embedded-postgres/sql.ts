import type { Client } from 'pg'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** Who connects to a node. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

export interface ConnectionTarget extends Credentials {
  readonly port: number
  readonly database: string
}

/** What the sessions of this adapter call themselves. */
export const ADMINISTRATION = 'fulcrum: embedded cluster'

/** The URL of a database of a node. */
export function connectionUrl({ user, password, port, database }: ConnectionTarget): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

/** A name as SQL writes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Runs `work` on a connection of its own, closed afterwards. */
export async function withConnection<T>(
  target: ConnectionTarget,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect(target)
  try {
    return await work(client)
  } finally {
    await client.end().catch(ignore)
  }
}

// Everything is stated, because what is not comes from the PG… variables of the environment.
async function connect(target: ConnectionTarget): Promise<Client> {
  const client = new (await loadClient())({
    ...target,
    host: '127.0.0.1',
    ssl: false,
    application_name: ADMINISTRATION,
    connectionTimeoutMillis: 5_000,
    options: '',
  })
  // An idle connection that breaks reports it as an event; the next statement reports it again, as a rejection.
  client.on('error', ignore)
  await client.connect()
  return client
}

/**
 * The driver's client class.
 *
 * @throws FUL-1014 when the driver is not installed.
 */
export async function loadClient(): Promise<typeof Client> {
  try {
    return (await import('pg')).default.Client
  } catch (cause) {
    const params = { feature: 'The embedded PostgreSQL', peer: 'pg', install: 'npm install pg' }
    throw fulcrumError('FUL-1014', params, { cause })
  }
}

function ignore(): void {}
