import { linkSync, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type Account, serverAccount } from './account.ts'
import { besides, makeSharedDirectory, readJson, writeOwned } from './files.ts'
import { newSecret } from './secret.ts'
import type { Credentials } from './sql.ts'

/** What only those may know who may read the cluster's home. */
export interface Secrets {
  readonly database: Credentials
  /** Proves an instance to the supervisor and the supervisor to an instance. */
  readonly supervisor: string
}

/** The directory of a cluster: data of every node, logs, programs, secrets. */
export interface Home {
  readonly directory: string
  /** The account that owns the data and runs PostgreSQL; `undefined` for that of this process. */
  readonly account: Account | undefined
  readonly secrets: Secrets
}

/**
 * Opens the home of a cluster and makes it when it does not exist. Safe when several processes do so at once.
 *
 * @throws FUL-5009 when it belongs to another user.
 */
export function openHome(directory: string): Home {
  makeHome(directory)
  const real = realpathSync(directory)
  const account = serverAccount(real)
  if (account === undefined) refuseForeign(real)
  return { directory: real, account, secrets: readSecrets(real) ?? makeSecrets(real) }
}

function makeHome(directory: string): void {
  const first = mkdirSync(directory, { recursive: true })
  if (first === undefined) return
  for (const made of downTo(directory, first)) {
    makeSharedDirectory(made)
    if (basename(made) === '.fulcrum') writeOwned(join(made, '.gitignore'), '*\n')
  }
}

// The directories from `first` down to `last`, which is `first` or lies in it.
function downTo(last: string, first: string): string[] {
  return last === first ? [last] : [...downTo(dirname(last), first), last]
}

function refuseForeign(directory: string): void {
  const owner = statSync(directory).uid
  const uid = process.getuid?.() ?? owner
  if (owner !== uid) throw fulcrumError('FUL-5009', { directory, owner, uid })
}

function readSecrets(directory: string): Secrets | undefined {
  return readJson(join(directory, 'secrets.json')) as Secrets | undefined
}

// Written under another name first and then linked: of several processes that do so at once one wins, and nobody reads half a file.
function makeSecrets(directory: string): Secrets {
  const made: Secrets = { database: newCredentials(), supervisor: newSecret(256) }
  const path = join(directory, 'secrets.json')
  const draft = besides(path, 'new')
  writeOwned(draft, JSON.stringify(made))
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readSecrets(directory) ?? made
}

/** Credentials of a new cluster. The password is 192 bits from the system's generator. */
export function newCredentials(): Credentials {
  return { user: 'fulcrum', password: newSecret(192) }
}

/** The port of each node by its name, remembered so that a restarted cluster is found where it was. */
export type Ports = Readonly<Record<string, number>>

export function readPorts(home: Home): Ports {
  return (readJson(join(home.directory, 'ports.json')) as Ports | undefined) ?? {}
}

export function writePorts(home: Home, ports: Ports): void {
  writeOwned(join(home.directory, 'ports.json'), JSON.stringify(ports))
}
