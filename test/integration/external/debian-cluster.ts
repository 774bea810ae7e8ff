import { chmodSync, lstatSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { giveTo, serverAccount } from '../../../packages/fulcrum/src/adapters/embedded-postgres/account.ts'
import { freePort } from '../../../packages/fulcrum/src/adapters/embedded-postgres/ports.ts'
import {
  isRunning,
  processWithPid,
  removeWithServers,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/processes.ts'
import { replayed } from '../../support/database.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { ShopDatabase } from '../shop/support/shop.ts'
import { DebianServer, type Programs, runProgram } from './debian-server.ts'

/** A PostgreSQL 15 primary with one streaming replica, set up with Debian's programs alone. Disposing of it ends and removes both. */
export interface DebianCluster extends AsyncDisposable {
  readonly primary: DebianServer
  readonly replica: DebianServer
  /**
   * Creates a database that belongs to the application's user; resolves when the replica has it too. Disposing of it fails when connections were
   * left open.
   */
  createDatabase(name: string): Promise<ShopDatabase>
  /** The URL with which the application's user reaches a database. */
  url(server: DebianServer, database: string): string
  /** Runs one statement as an administrator. */
  ask(server: DebianServer, statement: string, database?: string): Promise<Record<string, unknown>[]>
}

/** An ordinary user, neither superuser nor member of anything, with a password that has to be encoded in URLs. */
export const APPLICATION = { user: 'shop_app', password: 'p@ss/w:rd #1%' } as const
const ADMINISTRATOR = { user: 'postgres', password: 'administrator' } as const
const DATABASE = 'postgres'
const SLOT = 'replica'

/** @throws Error when Debian's PostgreSQL 15 is not installed. */
export async function startDebianCluster(): Promise<DebianCluster> {
  const bin = await findPrograms()
  const account = serverAccount(tmpdir())
  removeAbandoned(account?.uid ?? process.getuid?.())
  const home = realpathSync(mkdtempSync(join(tmpdir(), `${PREFIX}${ownerOfDirectory()}-`)))
  giveTo(account, home)
  const programs = { bin, account, home }
  try {
    const primary = await startPrimary(programs)
    return new RunningCluster(home, primary, await startReplica(programs, primary))
  } catch (error) {
    removeWithServers(home)
    throw error
  }
}

async function findPrograms(): Promise<string> {
  const path = new URL('../../../scripts/system-dependencies.mjs', import.meta.url).href
  const { locate } = (await import(path)) as { locate: (name: string) => Promise<string | undefined> }
  const bin = await locate('postgresql-15')
  if (bin !== undefined) return bin
  throw new Error(
    "Debian's PostgreSQL 15 is missing. `npm test` as root installs it: apt-get install postgresql-15",
  )
}

async function startPrimary(programs: Programs): Promise<DebianServer> {
  const server = new DebianServer(programs, { name: 'primary', port: await freePort(random) })
  const passwordFile = join(programs.home, 'password')
  writeFileSync(passwordFile, ADMINISTRATOR.password)
  chmodSync(passwordFile, 0o644)
  const options = [
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--auth=scram-sha-256',
    '--no-sync',
    '--no-instructions',
  ]
  const access = [`--username=${ADMINISTRATOR.user}`, `--pwfile=${passwordFile}`]
  await runProgram(programs, 'initdb', { args: [`--pgdata=${server.directory}`, ...access, ...options] })
  await server.start()
  const { user, password } = APPLICATION
  await ask(server, `CREATE ROLE ${user} LOGIN REPLICATION PASSWORD ${pg.escapeLiteral(password)}`)
  return server
}

async function startReplica(programs: Programs, primary: DebianServer): Promise<DebianServer> {
  const server = new DebianServer(programs, { name: 'replica', port: await freePort(random) })
  const from = ['--host=127.0.0.1', `--port=${primary.port}`, `--username=${ADMINISTRATOR.user}`]
  const how = ['--write-recovery-conf', '--checkpoint=fast', '--no-sync', '--create-slot', `--slot=${SLOT}`]
  const args = [`--pgdata=${server.directory}`, ...from, ...how]
  await runProgram(programs, 'pg_basebackup', { args, env: { PGPASSWORD: ADMINISTRATOR.password } })
  await server.start()
  return server
}

class RunningCluster implements DebianCluster {
  readonly primary: DebianServer
  readonly replica: DebianServer
  readonly #home: string

  constructor(home: string, primary: DebianServer, replica: DebianServer) {
    this.#home = home
    this.primary = primary
    this.replica = replica
  }

  async createDatabase(name: string): Promise<ShopDatabase> {
    await ask(this.primary, `CREATE DATABASE ${name} OWNER ${APPLICATION.user}`)
    await withClient(this.primary, DATABASE, (client) => replayed(client, urlOf(this.replica, DATABASE)))
    const env = {
      DATABASE_URL: this.url(this.primary, name),
      DATABASE_REPLICA_URLS: this.url(this.replica, name),
    }
    return { env, [Symbol.asyncDispose]: () => this.#expectNobody(name) }
  }

  url(server: DebianServer, database: string): string {
    return urlOf(server, database, APPLICATION)
  }

  ask(server: DebianServer, statement: string, database?: string): Promise<Record<string, unknown>[]> {
    return ask(server, statement, database)
  }

  // A server notices the end of a connection a moment after the client has closed it.
  async #expectNobody(database: string): Promise<void> {
    const sessions = `SELECT FROM pg_stat_activity WHERE datname = '${database}'`
    for (const server of [this.primary, this.replica])
      await waitFor(async () => (await ask(server, sessions)).length === 0, {
        what: `all connections to ${database} are closed`,
      })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await Promise.all([this.replica.stop('immediate'), this.primary.stop('immediate')])
    } finally {
      removeWithServers(this.#home)
    }
  }
}

function urlOf(
  { port }: DebianServer,
  database: string,
  { user, password }: { readonly user: string; readonly password: string } = ADMINISTRATOR,
): string {
  return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
}

async function ask(
  server: DebianServer,
  statement: string,
  database: string = DATABASE,
): Promise<Record<string, unknown>[]> {
  return withClient(server, database, async (client) => {
    const { rows } = await client.query<Record<string, unknown>>(statement)
    return rows
  })
}

async function withClient<T>(
  server: DebianServer,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf(server, database) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const PREFIX = 'fulcrum-debian-'

// The directory's name says whose it is, so that what a killed test run has left behind can be told from what is in use.
function ownerOfDirectory(): string {
  return `${process.pid}-${processWithPid(process.pid)?.startTicks}`
}

function removeAbandoned(uid: number | undefined): void {
  const directory = realpathSync(tmpdir())
  for (const name of readdirSync(directory).filter((entry) => entry.startsWith(PREFIX))) {
    const [pid = 0, startTicks = 0] = name.slice(PREFIX.length).split('-').map(Number)
    const path = join(directory, name)
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory() === true && found.uid === uid && !isRunning({ pid, startTicks }))
      removeWithServers(path)
  }
}
