import pg from 'pg'
import type { PostgresOptions } from '../../../packages/fulcrum/src/adapters/postgres/options.ts'
import { postgres } from '../../../packages/fulcrum/src/adapters/postgres/source.ts'
import { createRealClock } from '../../../packages/fulcrum/src/kernel/clock-real.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import type { Migrations } from '../../../packages/fulcrum/src/ports/migrations.ts'
import type { Secrets } from '../../../packages/fulcrum/src/ports/secrets.ts'
import type { OpenStore } from '../../../packages/fulcrum/src/ports/store-source.ts'
import type {
  CallFacts,
  Committed,
  LabelledRead,
  NodeRole,
  NodeStatus,
  ReadNeed,
  ReadTerms,
  Store,
  TransactionRunner,
  TransactionSettings,
} from '../../../packages/fulcrum/src/ports/store.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'

export const clock = createRealClock()

const UNLABELLED = { bracket: 'none', sees: 'each' } as const

export const PIPELINED: ReadTerms = { target: 'primary', lane: 'pipelined', ...UNLABELLED }
export const DEDICATED: ReadTerms = { target: 'primary', lane: 'dedicated', ...UNLABELLED }

/** What a call reported of its statements. */
export interface Timing {
  readonly text: string
  readonly ms: number
  readonly rows: number
}

export interface TestCall extends CallFacts {
  readonly timings: Timing[]
}

export interface CallOptions {
  readonly operation?: string
  /** Milliseconds. Default: 20 s, which no test waits for. */
  readonly budget?: number
  readonly signal?: AbortSignal
}

export function call({ operation = 'test.call', budget = 20_000, signal }: CallOptions = {}): TestCall {
  const deadline = Deadline.after(clock, budget, { operation })
  if (signal !== undefined) deadline.link(signal)
  const timings: Timing[] = []
  const probe = {
    ok() {},
    failed() {},
    retried() {},
    noted() {},
    statement: (text: string, ms: number, rows: number) => void timings.push({ text, ms, rows }),
  }
  return { operation, deadline, probe, timings }
}

export interface LabelledOptions {
  readonly terms?: ReadTerms
  readonly facts?: CallFacts
  readonly need?: ReadNeed
  readonly values?: readonly unknown[]
}

export interface Labelled<R> {
  readonly rows: readonly R[]
  readonly label: LabelledRead | undefined
  readonly source: NodeRole | undefined
}

/** A started store, closed at the end of the test. */
export class TestStore implements AsyncDisposable {
  readonly store: Store
  readonly migrations: Migrations
  readonly secrets: Secrets
  readonly log: readonly string[]

  private constructor({ store, migrations, secrets }: OpenStore, log: readonly string[]) {
    this.store = store
    this.migrations = migrations
    this.secrets = secrets
    this.log = log
  }

  /** Opens without connecting. */
  static async open(options: PostgresOptions): Promise<TestStore> {
    const log: string[] = []
    const dependencies = { clock, random, log: (line: string) => void log.push(line) }
    return new TestStore(await postgres(options).open(dependencies), log)
  }

  static async start(options: PostgresOptions): Promise<TestStore> {
    const opened = await TestStore.open(options)
    try {
      await opened.store.start(Deadline.after(clock, 20_000))
    } catch (error) {
      await opened[Symbol.asyncDispose]()
      throw error
    }
    return opened
  }

  /** Runs one statement as a call of its own. */
  async read<R = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
    { terms = PIPELINED, facts = call() }: { readonly terms?: ReadTerms; readonly facts?: CallFacts } = {},
  ): Promise<readonly R[]> {
    const session = this.store.read(terms, facts)
    try {
      return (await session.run<R>(text, values)).rows
    } finally {
      session.release()
    }
  }

  /** Runs one statement as a call of its own, and tells what is known of its data. */
  async labelled<R = Record<string, unknown>>(
    text: string,
    { terms = PIPELINED, facts = call(), need, values = [] }: LabelledOptions = {},
  ): Promise<Labelled<R>> {
    const session = this.store.read(terms, facts, need)
    try {
      const { rows } = await session.run<R>(text, values)
      return { rows, label: session.label, source: session.source }
    } finally {
      session.release()
    }
  }

  /** Which node serves an eventual read now. */
  async sourceOfReplicaRead(facts: CallFacts = call()): Promise<NodeRole | undefined> {
    const session = this.store.read({ ...PIPELINED, target: 'replica' }, facts)
    try {
      await session.run('SELECT 1', [])
      return session.source
    } finally {
      session.release()
    }
  }

  transaction<T>(
    work: (tx: TransactionRunner) => Promise<T>,
    {
      isolation = 'serializable',
      durability = 'local',
      facts = call(),
    }: Partial<TransactionSettings> & { facts?: CallFacts } = {},
  ): Promise<Committed<T>> {
    return this.store.transaction({ isolation, durability }, facts, work)
  }

  node(name: string = 'primary'): NodeStatus {
    const status = this.store.nodes().find((node) => node.name === name)
    if (status === undefined) throw new Error(`no node ${name}`)
    return status
  }

  /** All dedicated connections have come back. */
  async settled(name?: string): Promise<void> {
    await waitFor(() => this.node(name).connections.open === this.node(name).connections.idle, {
      what: 'all connections are back',
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close(Deadline.after(clock, 5_000))
  }
}

/** Looks at the server from outside. */
export class Observer implements AsyncDisposable {
  readonly client: pg.Client

  private constructor(client: pg.Client) {
    this.client = client
  }

  static async connect(url: string): Promise<Observer> {
    const client = new pg.Client({ connectionString: url, application_name: 'observer' })
    client.on('error', () => {})
    await client.connect()
    return new Observer(client)
  }

  async rows<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.client.query(text, [...values])).rows as R[]
  }

  /** Sessions of this database that run something matching `pattern` right now. */
  active(pattern: string): Promise<{ pid: number; query: string; application_name: string }[]> {
    return this.rows(
      `SELECT pid, query, application_name FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE $1`,
      [pattern],
    )
  }

  /** Sessions of stores, apart from their monitors. */
  sessions(): Promise<{ pid: number; state: string; query: string; application_name: string }[]> {
    return this.rows(
      `SELECT pid, state, query, application_name FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'fulcrum%' AND application_name NOT LIKE '%control'
         AND state IS NOT NULL`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.end()
  }
}

/** Resolves with what a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}
