import { type EpochId, epochId } from '../../../consistency/epoch.ts'
import type { Lsn } from '../../../consistency/label.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { Random } from '../../../kernel/random.ts'
import type { ChangeListener } from '../../../ports/change-stream.ts'
import type { Fence } from '../fence.ts'
import { parseLsn } from '../lsn.ts'
import type { Control } from './control.ts'
import type { FollowedTables } from './publications.ts'
import { replicationFailure } from './refusals.ts'
import { ReplicationConnection, type ReplicationParts, SUFFIX } from './replication-connection.ts'
import { StreamSession } from './session.ts'
import { GREATER_ID, type GreaterIdRow } from './sql/position.ts'
import { REQUIREMENTS, type RequirementsRow } from './sql/requirements.ts'
import { createSlot, END_FORMER, END_SESSION, type SlotRow, startReplication } from './sql/slot.ts'
import type { FollowedTableRow } from './sql/tables.ts'
import { namesStandby } from './standby-names.ts'
import { TableWatch } from './table-watch.ts'

/** A slot is made when the transactions that are in progress have ended; this long is waited at first, twice as long after each failure. */
const SLOT_MS = 60_000
const LONGEST_SLOT_MS = 3_600_000
/** How long a failed attempt may take to clean up. */
const ABANDON_MS = 1_000
/** A wait that is longer is worth a line. */
const LATE_MS = 5_000

const WAITS = 'waits for transactions in progress to end, to begin behind them'

const UNBOUNDED =
  'max_slot_wal_keep_size is not set: while an instance hangs, the server keeps its log without a bound'

/** Dead consumers are noticed by the server after this time, and their slots go. Publishing waits no longer than the lock timeout. */
const SETTINGS = `SET wal_sender_timeout = '30s'; SET lock_timeout = '5s'; SET default_transaction_read_only = off`

export interface OpenParts extends ReplicationParts {
  readonly random: Random
  readonly control: Control
  readonly fence: Fence
  readonly tables: FollowedTables
  readonly listener: ChangeListener
  readonly poll: number
  readonly log: (line: string) => void
}

export interface Attempt {
  readonly signal: AbortSignal
  /** How many have failed before it. */
  readonly failures: number
  /** The slot of the session before, which the server may still hold. */
  readonly former: string | undefined
}

/** A session that follows, and what it holds. */
export interface OpenSession {
  readonly session: StreamSession
  readonly connection: ReplicationConnection
  readonly slot: string
}

/** Connects, makes sure that the tables are published, makes a slot and follows it. Nothing is left behind when it fails. */
export async function openSession(parts: OpenParts, attempt: Attempt): Promise<OpenSession> {
  const connection = await connect(parts, attempt)
  try {
    const { rows, epoch } = await prepare(parts, attempt, connection)
    const { slot, lsn } = await makeSlot(parts, attempt, connection)
    // Behind the beginning of the slot, and so greater than the id of any transaction that the slot leaves out.
    const xid = await greaterId(parts.control, epoch)
    const watch = new TableWatch(parts.tables.tables, rows)
    const applicationName = nameOf(parts)
    const session = new StreamSession({
      ...parts,
      connection,
      slot,
      applicationName,
      watch,
      start: { epoch, lsn, xid },
    })
    session.begin()
    connection.stream(startReplication(slot, parts.tables.publications), session)
    return { session, connection, slot }
  } catch (error) {
    connection.destroy('The change stream could not begin')
    throw error
  }
}

async function connect(parts: OpenParts, { signal }: Attempt): Promise<ReplicationConnection> {
  try {
    return await ReplicationConnection.open(parts, signal)
  } catch (error) {
    throw replicationFailure(error, parts.connector.node.label)
  }
}

interface Prepared {
  readonly rows: readonly FollowedTableRow[]
  readonly epoch: EpochId
}

/** @throws FUL-4030, FUL-4033, FUL-4034, FUL-4035 */
async function prepare(
  parts: OpenParts,
  { signal, failures, former }: Attempt,
  connection: ReplicationConnection,
): Promise<Prepared> {
  const answer = await parts.control.ask<RequirementsRow>(REQUIREMENTS)
  const epoch = epochId(connection.identity)
  if (answer.epoch !== epoch) throw new Error('The primary is being replaced')
  const [requirements] = answer.rows
  if (requirements === undefined) throw new TypeError('The server does not say how it is set up')
  checkRequirements(requirements, parts)
  if (failures === 0 && former === undefined && requirements.keep_size === '-1') parts.log(UNBOUNDED)
  await connection.run(SETTINGS, signal)
  const run = (statement: string): Promise<unknown> => connection.run(statement, signal)
  const rows = await parts.tables.publish(parts.control, { user: requirements.user_name, run })
  return { rows, epoch }
}

function checkRequirements(found: RequirementsRow, parts: OpenParts): void {
  const node = parts.connector.node.label
  if (found.wal_level !== 'logical') throw fulcrumError('FUL-4030', { node, found: found.wal_level })
  const name = nameOf(parts)
  if (namesStandby(found.standby_names, name))
    throw fulcrumError('FUL-4035', { node, found: `'${found.standby_names}'`, name })
}

/** The publications are there before the slot begins: the server reads them as they were at the time of each change. */
async function makeSlot(
  parts: OpenParts,
  { signal, failures, former }: Attempt,
  connection: ReplicationConnection,
): Promise<{ readonly slot: string; readonly lsn: Lsn }> {
  const { random, clock, connector, control, log } = parts
  if (former !== undefined) await control.ask(END_FORMER, [former]).catch(ignore)
  const slot = `fulcrum_${random.hex(8)}`
  const ms = Math.min(LONGEST_SLOT_MS, SLOT_MS * 2 ** failures)
  const late = clock.timer(LATE_MS, () => log(WAITS), { ref: false })
  try {
    const { rows } = await connection.run(createSlot(slot), signal, ms)
    const [made] = rows as readonly SlotRow[]
    if (made === undefined) throw new TypeError('The server does not say where the slot begins')
    return { slot, lsn: parseLsn(made.consistent_point) }
  } catch (error) {
    await abandon(parts, connection)
    throw replicationFailure(error, connector.node.label)
  } finally {
    late.cancel()
  }
}

async function greaterId(control: Control, expected: EpochId): Promise<number> {
  const { rows, epoch } = await control.ask<GreaterIdRow>(GREATER_ID)
  const [row] = rows
  if (row === undefined || epoch !== expected) throw new Error('The primary is being replaced')
  return Number(row.xid)
}

/** A session that waits for transactions to end does not notice that its client has gone, and its slot keeps log meanwhile. */
async function abandon(parts: OpenParts, connection: ReplicationConnection): Promise<void> {
  const { clock, control } = parts
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = clock.timer(ABANDON_MS, resolve)
  const asked = control.ask(END_SESSION, [String(connection.identity.backend), nameOf(parts)]).catch(ignore)
  await Promise.race([asked, promise])
  timer.cancel()
}

/** What `pg_stat_activity` shows for the stream. */
function nameOf({ applicationName }: OpenParts): string {
  return `${applicationName}${SUFFIX}`
}

function ignore(): void {}
