import { existsSync, lstatSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import { serverAccount } from './account.ts'
import { makeSharedDirectory, remove } from './files.ts'
import { newCredentials } from './home.ts'
import { type Layout, MAINTENANCE_DATABASE, replicaName, startPrimary, startReplica } from './nodes.ts'
import { findPlatformPackage } from './platform-package.ts'
import { freePort } from './ports.ts'
import { isRunning, processWithPid, removeWithServers } from './processes.ts'
import { installRuntime } from './runtime.ts'
import type { PostgresServer } from './server.ts'
import type { Settings } from './settings.ts'
import { identifier, withConnection } from './sql.ts'
import { TestNode } from './test-node.ts'

export interface TestClusterOptions {
  /** Streaming replicas besides the primary. Default 0. */
  readonly replicas?: number
  /** Directory for the data; it is removed at the end. Default: a new one below the system's temporary directory. */
  readonly directory?: string
  /** Settings of all nodes, over the defaults. */
  readonly settings?: Settings
  /** `true`: data survives a crash of the machine, as in production, and everything is slower. Default `false`. */
  readonly durable?: boolean
}

export interface TestClusterParts {
  readonly clock: Clock
  readonly random: Random
}

/** A cluster for tests: owned by this process, without a supervisor, gone at the end. */
export interface TestCluster extends AsyncDisposable {
  readonly primary: TestNode
  readonly replicas: readonly TestNode[]
  /** URL of the maintenance database on the primary. */
  readonly primaryUrl: string
  /** URLs of the maintenance database on the replicas. */
  readonly replicaUrls: readonly string[]
  /** Creates a database, as a copy of `template` if one is named (nobody may be connected to that), and gives its URL on the primary. */
  createDatabase(name: string, options?: { readonly template?: string }): Promise<string>
  /** Drops a database, ending the sessions that it still has. */
  dropDatabase(name: string): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL for a test. Use it with `await using`.
 *
 * @throws FUL-1014 when the platform package or `pg` is missing; FUL-5002 when PostgreSQL does not start.
 */
export async function startTestCluster(
  options: TestClusterOptions,
  parts: TestClusterParts,
): Promise<TestCluster> {
  const home = newHome(options)
  try {
    return await start(testLayout(home, options), options.replicas ?? 0, parts)
  } catch (error) {
    removeCluster(home)
    throw error
  }
}

/** A directory for the data of a cluster. Removes those of tests that were killed. */
export function newHome({ directory }: Pick<TestClusterOptions, 'directory'> = {}): string {
  removeAbandoned()
  const home = directory ?? newDirectory()
  makeSharedDirectory(home)
  return realpathSync(home)
}

/** What the nodes of a test's cluster have in common. */
export function testLayout(home: string, options: TestClusterOptions): Layout {
  const runtime = installRuntime(findPlatformPackage([process.cwd()]), join(home, 'runtime'))
  makeSharedDirectory(join(home, 'nodes'))
  return {
    home: join(home, 'nodes'),
    runtime,
    account: serverAccount(home),
    credentials: newCredentials(),
    durable: options.durable ?? false,
    settings: options.settings ?? {},
  }
}

async function start(layout: Layout, replicas: number, parts: TestClusterParts): Promise<TestCluster> {
  const { clock, random } = parts
  const port = await freePort(random)
  const primary = await startPrimary(layout, port, clock)
  const servers = [primary]
  for (let index = 0; index < replicas; index++) {
    const ports = { primary: port, own: await freePort(random) }
    servers.push(await startReplica(layout, { name: replicaName(index), ports }, { clock }))
  }
  return new RunningTestCluster(layout, servers, clock)
}

class RunningTestCluster implements TestCluster {
  readonly primary: TestNode
  readonly replicas: readonly TestNode[]
  readonly primaryUrl: string
  readonly replicaUrls: readonly string[]
  readonly #layout: Layout

  constructor(layout: Layout, servers: readonly PostgresServer[], clock: Clock) {
    const nodes = servers.map((server) => new TestNode(server, layout.credentials, clock))
    this.primary = nodes[0] as TestNode
    this.replicas = nodes.slice(1)
    this.primaryUrl = this.primary.url()
    this.replicaUrls = this.replicas.map((node) => node.url())
    this.#layout = layout
  }

  async createDatabase(name: string, options?: { readonly template?: string }): Promise<string> {
    const template = options?.template
    const source = template === undefined ? '' : ` TEMPLATE ${identifier(template)}`
    await this.#administer(`CREATE DATABASE ${identifier(name)}${source}`)
    return this.primary.url(name)
  }

  async dropDatabase(name: string): Promise<void> {
    await this.#administer(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`)
  }

  async stop(): Promise<void> {
    await Promise.all([this.primary, ...this.replicas].map((node) => node.stop()))
    removeCluster(dirname(this.#layout.home))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #administer(statement: string): Promise<void> {
    const { port } = this.primary
    const target = { ...this.#layout.credentials, port, database: MAINTENANCE_DATABASE }
    await withConnection(target, (client) => client.query(statement))
  }
}

const PREFIX = 'fulcrum-test-'

// The name says whose it is, so that what a killed test run left behind can be told from what is in use.
function newDirectory(): string {
  const owner = processWithPid(process.pid)
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-${owner?.startTicks}-`))
}

function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const [pid, startTicks] = name.slice(PREFIX.length).split('-').map(Number)
    const path = join(tmpdir(), name)
    const isMine = lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.()
    if (isMine && !isRunning({ pid: pid ?? 0, startTicks: startTicks ?? 0 })) removeCluster(path)
  }
}

/** Ends what still runs below it, and removes it. */
export function removeCluster(home: string): void {
  const nodes = join(home, 'nodes')
  if (existsSync(nodes)) removeWithServers(realpathSync(nodes))
  remove(home)
}
