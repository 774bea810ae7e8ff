import { chownSync, lstatSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** A user and group of the operating system. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

// The overflow ids of the Linux kernel, called nobody and nogroup by most distributions. They need no entry in /etc/passwd.
const NOBODY: Account = { uid: 65_534, gid: 65_534 }

/**
 * The account under which PostgreSQL runs, or `undefined` for the account of this process. PostgreSQL refuses to run as root; root
 * therefore steps down to the owner of the existing data or, without data, to nobody.
 */
export function serverAccount(dataDirectory: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const found = statSync(dataDirectory, { throwIfNoEntry: false })
  return found === undefined || found.uid === 0 ? NOBODY : { uid: found.uid, gid: found.gid }
}

/** Gives a file or directory (not its content) to the account; does nothing where no account is needed. */
export function giveTo(account: Account | undefined, path: string): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid)
}

/**
 * Whether the account may pass through `path`, or through the nearest part of it that exists, and everything above. Permission bits
 * only: access control lists are not read.
 */
export function canTraverse(account: Account, path: string): boolean {
  const existing = nearestExisting(path)
  for (let at = realpathSync(existing); ; at = dirname(at)) {
    if (!mayEnter(account, at)) return false
    if (at === dirname(at)) return true
  }
}

function nearestExisting(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined ? nearestExisting(dirname(path)) : path
}

function mayEnter(account: Account, directory: string): boolean {
  const { mode, uid, gid } = statSync(directory)
  if (uid === account.uid) return (mode & 0o100) !== 0
  if (gid === account.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}
