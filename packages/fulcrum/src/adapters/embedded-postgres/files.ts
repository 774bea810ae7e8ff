import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Account, giveTo, giveToOwnerOfDirectory } from './account.ts'

/**
 * Writes a file that only the owner of its directory may read. It is made under another name and renamed: readers see all of it or
 * nothing, and a link that somebody else put into its place is replaced, not followed.
 */
export function writeOwned(path: string, content: string): void {
  const draft = besides(path, 'new')
  writeFileSync(draft, content, { mode: 0o600, flag: 'wx' })
  giveToOwnerOfDirectory(draft)
  renameSync(draft, path)
}

/** Opens a log for appending; only the owner of its directory may read it. */
export function openLog(path: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants
  const isNew = statSync(path, { throwIfNoEntry: false }) === undefined
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600)
  if (isNew) giveToOwnerOfDirectory(path)
  return file
}

/** The end of a log, for messages. */
export function endOfLog(path: string): string {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.slice(-5).join(' | ')
}

/** A directory that only the account may enter. */
export function makeOwnedDirectory(path: string, account: Account | undefined): void {
  mkdirSync(path, { mode: 0o700 })
  chmodSync(path, 0o700)
  giveTo(account, path)
}

/** A directory that everybody may enter, whatever the umask of this process is. */
export function makeSharedDirectory(path: string): void {
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0o755)
  giveToOwnerOfDirectory(path)
}

/** A JSON file's value; `undefined` when there is no file. */
export function readJson(path: string): unknown {
  const text = readText(path)
  return text === undefined ? undefined : JSON.parse(text)
}

/** A file's text; `undefined` when there is no file. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

let besidesCount = 0

/**
 * A free name beside `path` for something that is still being made or already being removed; no two calls in running processes give
 * the same. What an earlier process with the same pid left there is removed.
 */
export function besides(path: string, kind: 'new' | 'old'): string {
  const name = join(dirname(path), `.${basename(path)}.${process.pid}-${++besidesCount}.${kind}`)
  rmSync(name, { recursive: true, force: true })
  return name
}

const UNFINISHED = /^\.(.*)\.\d+-\d+\.(new|old)$/

/** What interrupted processes left half made or half removed of things with such names. */
export function findUnfinished(directory: string, names: RegExp): string[] {
  const isUnfinished = (entry: string): boolean => names.test(UNFINISHED.exec(entry)?.[1] ?? '')
  return readdirSync(directory)
    .filter(isUnfinished)
    .map((name) => join(directory, name))
}

/** Removes a directory with all that is in it, also when somebody is still busy making files there. */
export function remove(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 10 })
}

/** Renames so that a crash of the machine does not undo it. */
export function renameForGood(from: string, to: string): void {
  renameSync(from, to)
  const directory = openSync(dirname(to), constants.O_RDONLY)
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** Removes a directory so that it is either there or gone, never half there. */
export function discard(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return
  const old = besides(path, 'old')
  renameSync(path, old)
  remove(old)
}
