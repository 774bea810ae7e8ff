import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Account } from './account.ts'
import { besides, makeOwnedDirectory, readText, renameForGood, writeOwned } from './files.ts'
import type { Runtime } from './runtime.ts'
import type { Credentials } from './sql.ts'

export interface InitializePlan {
  readonly directory: string
  readonly runtime: Runtime
  readonly account: Account | undefined
  readonly credentials: Credentials
  /** `false` leaves it to the operating system when the files reach the disk. */
  readonly durable: boolean
}

/**
 * Makes a new data directory with initdb. It is made beside its place and renamed, so that an interrupted attempt leaves nothing
 * that looks like data.
 *
 * @throws FUL-5004 with initdb's own words when it fails.
 */
export async function initialize(plan: InitializePlan): Promise<void> {
  const building = besides(plan.directory, 'new')
  makeOwnedDirectory(building, plan.account)
  const data = join(building, 'data')
  const passwordFile = join(building, 'password')
  writeOwned(passwordFile, plan.credentials.password)
  await makeData(plan, data, passwordFile)
  renameForGood(data, plan.directory)
  rmSync(building, { recursive: true })
}

/** The major version of PostgreSQL that made a data directory; `undefined` when there is no data. */
export function majorOfData(directory: string): number | undefined {
  const text = readText(join(directory, 'PG_VERSION'))
  return text === undefined ? undefined : Number.parseInt(text, 10)
}

/** Makes the files of a data directory reach the disk. */
export async function syncToDisk(directory: string, programs: Programs): Promise<void> {
  await initdb(programs, directory, [`--pgdata=${directory}`, '--sync-only'])
}

// The builtin provider's C.UTF-8 sorts by code point, the same on every machine, and needs neither libc's nor ICU's locales.
async function makeData(plan: InitializePlan, data: string, passwordFile: string): Promise<void> {
  await initdb(plan, dirname(data), [
    `--pgdata=${data}`,
    `--username=${plan.credentials.user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(plan.durable ? [] : ['--no-sync']),
  ])
}

interface Programs {
  readonly runtime: Runtime
  readonly account: Account | undefined
}

// Works in the directory that it fills, so that it is found there when it has lost its parent.
async function initdb(
  { runtime, account }: Programs,
  cwd: string,
  options: readonly string[],
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  const child = spawn(join(runtime.bin, 'initdb'), options, { cwd, env: { LC_ALL: 'C' }, ...account })
  let said = ''
  child.stdout.resume()
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  child.once('error', reject)
  child.once('close', resolve)
  if ((await promise) === 0) return
  throw fulcrumError('FUL-5004', { command: options.join(' '), reason: said.trim() })
}
