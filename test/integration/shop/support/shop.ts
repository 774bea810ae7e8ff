import { createApp, type App, type AuditConfig } from 'fulcrum/app'
import pg from 'pg'
import config from '../../../../examples/shop/fulcrum.config.ts'
import { productId } from './ids.ts'
import { freshDatabase } from '../../../support/database.ts'
import { random } from '../../../support/parts.ts'

/** What came back, with the body decoded and believed to be a `T`. */
export interface Answer<T = unknown> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** One running instance of the shop. */
export interface Shop extends AsyncDisposable {
  readonly app: App
  readonly url: string
  get<T>(path: string, headers?: Record<string, string>): Promise<Answer<T>>
  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer<T>>
  patch<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer<T>>
}

export interface ShopDatabase extends AsyncDisposable {
  readonly env: { readonly DATABASE_URL: string; readonly DATABASE_REPLICA_URLS: string }
}

export async function shopDatabase(): Promise<ShopDatabase> {
  const database = await freshDatabase()
  return {
    env: { DATABASE_URL: database.url, DATABASE_REPLICA_URLS: database.replicaUrl },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** Looks at the tables, or changes them, behind the shop's back. */
export async function statementOn(
  database: ShopDatabase,
  text: string,
  values?: unknown[],
): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.env.DATABASE_URL })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(text, values)
    return rows
  } finally {
    await client.end()
  }
}

/** Sets how many there are of a product. */
export async function stock(database: ShopDatabase, product: number, pieces: number): Promise<void> {
  const statement = 'UPDATE inventory.stock SET available = $2 WHERE product_id = $1'
  await statementOn(database, statement, [productId(product), pieces])
}

export interface ShopOptions {
  /** Default: as the shop has it. */
  readonly audit?: AuditConfig
  /** Besides the database's. */
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the shop as `fulcrum start` would, in this process and on a free port. */
export async function openShop({ env }: ShopDatabase, { audit, ...more }: ShopOptions = {}): Promise<Shop> {
  const services = (config.services ?? []).filter(({ name }) => name !== 'welcome')
  const audited = audit === undefined ? config : { ...config, audit }
  const app = createApp({ ...audited, services }, { env: { ...env, ...more.env } })
  const { url } = await app.listen({ port: 0 })
  return {
    app,
    url,
    get: (path, headers) => request(url + path, { method: 'GET', headers }),
    post: (path, body, headers) => request(url + path, { method: 'POST', body, headers }),
    patch: (path, body, headers) => request(url + path, { method: 'PATCH', body, headers }),
    [Symbol.asyncDispose]: () => app.close(),
  }
}

interface Sent {
  readonly method: string
  readonly body?: unknown
  readonly headers?: Record<string, string> | undefined
}

const MOST_ATTEMPTS = 20

/**
 * Sends `body` as JSON; a string is sent as it is. Sends again what the shop had no time for, as other tests may be using the machine: 503 and
 * 504 mean that nothing has happened. All of that is one call, which has a key of its own where `headers` bring none.
 */
export async function request<T>(url: string, { headers, ...rest }: Sent): Promise<Answer<T>> {
  const sent = { ...rest, headers: { 'idempotency-key': random.uuid(), ...headers } }
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send<T>(url, sent)
    const hadTime = answer.status !== 503 && answer.status !== 504
    if (hadTime || attempt === MOST_ATTEMPTS) return answer
  }
}

async function send<T>(url: string, { method, body, headers }: Sent): Promise<Answer<T>> {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as T,
  }
}
