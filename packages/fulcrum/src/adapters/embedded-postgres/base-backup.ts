import { constants } from 'node:fs'
import { chown, copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Account } from './account.ts'
import { writeOwned } from './files.ts'

export interface BackupPlan {
  /** Data directory of the running primary. */
  readonly from: string
  /** Data directory to be made; it must exist and be empty. */
  readonly to: string
  /** Physical replication slot that keeps the WAL which the copy needs. */
  readonly slot: string
  readonly account: Account | undefined
}

// What a copy must not or need not contain: PostgreSQL manual, "Making a Base Backup Using the Low Level API". The first group stays
// as an empty directory.
const EMPTIED = [
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|pgsql_tmp.*|pg_internal\.init.*|current_logfiles.*|backup_label.*)$/
const CONTROL_FILE = 'pg_control'
const CONCURRENCY = 16

/**
 * Copies the data directory of a running primary in the way of the manual's low-level backup, because the platform packages have no
 * pg_basebackup. What the copy lacks is in the WAL from the slot's position on, and a standby fetches it from there.
 *
 * @throws FUL-5005 when the primary has tablespaces outside its data directory.
 */
export async function copyPrimary(primary: Client, plan: BackupPlan): Promise<void> {
  await createSlot(primary, plan.slot)
  await primary.query('SELECT pg_backup_start($1, fast => true)', [plan.slot])
  try {
    await refuseTablespaces(plan.from)
    const later = await copyTree(plan)
    await copyOwned(later.from, later.to, plan.account)
  } finally {
    const { rows } = await primary.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)',
    )
    writeOwned(join(plan.to, 'backup_label'), rows[0]?.labelfile ?? '')
  }
}

async function createSlot(primary: Client, slot: string): Promise<void> {
  const dropOld =
    'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active'
  await primary.query(dropOld, [slot])
  await primary.query('SELECT pg_create_physical_replication_slot($1, immediately_reserve => true)', [slot])
}

async function refuseTablespaces(from: string): Promise<void> {
  const found = await readdir(join(from, 'pg_tblspc'))
  if (found.length > 0) throw fulcrumError('FUL-5005', { found: found.length })
}

interface Copy {
  readonly from: string
  readonly to: string
}

// Breadth first: directories are made on the way, files are collected and copied a few at a time. The control file comes last, as
// with pg_basebackup, so that it is not older than what it describes.
async function copyTree(plan: BackupPlan): Promise<Copy> {
  const files: Copy[] = []
  const pending: Copy[] = [{ from: plan.from, to: plan.to }]
  for (const directory of pending) await listInto(directory, { pending, files, plan })
  const control = files.find((file) => file.from === join(plan.from, 'global', CONTROL_FILE))
  const rest = files.filter((file) => file !== control)
  await inParallel(rest, (file) => copyOwned(file.from, file.to, plan.account))
  return control as Copy
}

interface Listing {
  readonly pending: Copy[]
  readonly files: Copy[]
  readonly plan: BackupPlan
}

async function listInto(directory: Copy, { pending, files, plan }: Listing): Promise<void> {
  const isTop = directory.from === plan.from
  for (const entry of await readdir(directory.from, { withFileTypes: true }).catch(emptyIfGone)) {
    if (LEFT_OUT.test(entry.name)) continue
    const copy = { from: join(directory.from, entry.name), to: join(directory.to, entry.name) }
    if (entry.isFile()) files.push(copy)
    if (!entry.isDirectory()) continue
    await makeOwned(copy.to, plan.account)
    if (!isTop || !EMPTIED.includes(entry.name)) pending.push(copy)
  }
}

async function makeOwned(directory: string, account: Account | undefined): Promise<void> {
  await mkdir(directory, { mode: 0o700 })
  if (account !== undefined) await chown(directory, account.uid, account.gid)
}

// The primary keeps working: files may vanish at any time, and then the WAL says that they did.
async function copyOwned(from: string, to: string, account: Account | undefined): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (account !== undefined) await chown(to, account.uid, account.gid)
}

function emptyIfGone(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return []
  throw error
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}
