import pg from 'pg'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { Service, type Version } from './service.ts'

/** Tokens of users of two accounts, and tickets of each. */
const DATA = `
  insert into api_token values
    ('ada', '0a000000-0000-4000-8000-000000000001', 'ac000000-0000-4000-8000-000000000001'),
    ('bob', '0a000000-0000-4000-8000-000000000002', 'ac000000-0000-4000-8000-000000000002');
  insert into ticket (id, account_id, subject, opened_by, opened_at)
    select format('d0000000-0000-4000-8000-%s', lpad(n::text, 12, '0'))::uuid,
      format('ac000000-0000-4000-8000-00000000000%s', 1 + n % 2)::uuid,
      case when n % 3 = 0 then 'The printer is on fire ' else 'No coffee on floor ' end || n,
      '0a000000-0000-4000-8000-000000000001',
      timestamptz '2026-01-01 08:00:00+00' + n * interval '1 minute'
    from generate_series(1, 60) as n`

/** One version of the application on a database of its own. */
export class Deployment implements AsyncDisposable {
  readonly service: Service
  readonly #database: FreshDatabase

  private constructor(service: Service, database: FreshDatabase) {
    this.service = service
    this.#database = database
  }

  static async start(version: Version): Promise<Deployment> {
    const database = await freshDatabase()
    const service = await Service.start(version, database.url)
    const deployment = new Deployment(service, database)
    await deployment.query(DATA)
    return deployment
  }

  /** Looks at the database, or changes it, behind the application's back. */
  async query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    await using client = await this.connect()
    return (await client.session.query<Row>(text)).rows
  }

  /** Holds the tickets so that nobody can read them, until it is disposed of. */
  async holdTickets(): Promise<AsyncDisposable> {
    const client = await this.connect()
    await client.session.query('begin; lock table ticket in access exclusive mode')
    return client
  }

  /** Statements of the application that wait for a lock. */
  async waiting(): Promise<number> {
    const [row] = await this.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and state = 'active' and wait_event_type = 'Lock'`,
    )
    return row?.n ?? 0
  }

  private async connect(): Promise<AsyncDisposable & { readonly session: pg.Client }> {
    const session = new pg.Client({ connectionString: this.#database.url, application_name: 'test' })
    await session.connect()
    return { session, [Symbol.asyncDispose]: () => session.end() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]()
    await this.#database[Symbol.asyncDispose]()
  }
}
