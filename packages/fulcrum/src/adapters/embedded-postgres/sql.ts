import type { Client, ClientConfig } from 'pg'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** How to reach a node, apart from its port. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

export interface ConnectionTarget extends Credentials {
  readonly port: number
  readonly database: string
}

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
  const client = await connect({ ...target, host: '127.0.0.1', application_name: 'fulcrum' })
  try {
    return await work(client)
  } finally {
    await client.end().catch(ignore)
  }
}

async function connect(config: ClientConfig): Promise<Client> {
  const client = new (await loadClient())({ connectionTimeoutMillis: 5_000, ...config })
  // An idle connection that breaks reports it as an event; the next statement reports it again, as a rejection.
  client.on('error', ignore)
  await client.connect()
  return client
}

async function loadClient(): Promise<typeof Client> {
  try {
    return (await import('pg')).default.Client
  } catch (cause) {
    const params = { feature: 'The embedded PostgreSQL', peer: 'pg', install: 'npm install pg' }
    throw fulcrumError('FUL-1014', params, { cause })
  }
}

function ignore(): void {}
