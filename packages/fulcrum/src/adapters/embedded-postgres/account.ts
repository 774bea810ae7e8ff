import { lchownSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** A user and group of the operating system. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

// The overflow ids of the Linux kernel, called nobody and nogroup by most distributions.
const OVERFLOW: Account = { uid: 65_534, gid: 65_534 }

/**
 * The account under which PostgreSQL runs, or `undefined` for the account of this process. PostgreSQL refuses to run as root; root
 * therefore steps down to the owner of `directory` (or of the nearest part of it that exists), so that `sudo` leaves nothing behind
 * that its owner cannot use, and to nobody where root owns that too or the owner has no name: initdb wants to know it.
 */
export function serverAccount(directory: string): Account | undefined {
  if (!isRoot()) return undefined
  const { uid, gid } = statSync(nearestExisting(directory))
  const accounts = namedAccounts()
  if (uid !== 0 && accounts.some((account) => account.uid === uid)) return { uid, gid }
  const overflow = accounts.find((account) => account.uid === OVERFLOW.uid)
  return overflow ?? accounts.find(({ name }) => name === 'nobody') ?? OVERFLOW
}

interface NamedAccount extends Account {
  readonly name: string
}

function namedAccounts(): NamedAccount[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  return lines.map((line) => {
    const [name = '', , uid, gid] = line.split(':')
    return { name, uid: Number(uid), gid: Number(gid) }
  })
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** Gives what root has just made to the owner of the directory in which it lies, as if that one had made it. */
export function giveToOwnerOfDirectory(path: string): void {
  if (isRoot()) giveTo(statSync(dirname(path)), path)
}

/** Gives a file or directory (not its content) to the account; does nothing where no account is needed. */
export function giveTo(account: Account | undefined, path: string): void {
  if (account !== undefined) lchownSync(path, account.uid, account.gid)
}

/**
 * Whether the account may pass through `path`, or through the nearest part of it that exists, and everything above. Permission bits
 * only: access control lists are not read.
 */
export function canTraverse(account: Account, path: string): boolean {
  for (let at = realpathSync(nearestExisting(path)); ; at = dirname(at)) {
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
