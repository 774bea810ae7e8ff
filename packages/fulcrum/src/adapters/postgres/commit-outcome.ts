import type { Clock } from '../../kernel/clock.ts'
import type { Identity } from './identity.ts'
import type { Monitor } from './monitor.ts'
import { sqlState } from './failure.ts'
import { END_ORPHAN, TRANSACTION_STATUS, type TransactionStatusRow } from './sql/transaction-status.ts'

/** How long the outcome of a lost COMMIT is asked for before it is called unknown. */
const RESOLVE_MS = 10_000
const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 100

/** SQLSTATE invalid_parameter_value: "transaction ID … is in the future". */
const IN_THE_FUTURE = '22023'

export type Outcome = 'committed' | 'aborted' | 'unknown'

/** A transaction whose COMMIT was sent and not answered. */
export interface LostCommit {
  readonly xid: string
  /** The server and the session that it ran on. */
  readonly identity: Identity
  /** When COMMIT was sent, on the scale of `Clock.now()`. */
  readonly sentAt: number
}

/**
 * Finds out what became of a COMMIT that was cut off, over another connection to the same server.
 *
 * asking → in progress (asks again; a backend that waits for a COMMIT that never came is ended) → committed or aborted; unknown when the server
 * does not come back in time or has been replaced by another one.
 */
export async function commitOutcome(lost: LostCommit, monitor: Monitor, clock: Clock): Promise<Outcome> {
  const end = clock.now() + RESOLVE_MS
  for (let pause = FIRST_PAUSE_MS; clock.now() < end; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const outcome = await look(lost, monitor)
    if (outcome !== undefined) return outcome
    await clock.sleep(pause)
  }
  return 'unknown'
}

async function look(lost: LostCommit, monitor: Monitor): Promise<Outcome | undefined> {
  const { xid, identity } = lost
  try {
    const { results, connection } = await monitor.ask(TRANSACTION_STATUS, [xid, String(identity.backend)])
    // Another timeline may have given the same id to another transaction.
    if (connection?.identity.timeline !== identity.timeline) return 'unknown'
    const row = results[0] as unknown as TransactionStatusRow
    if (row.status === 'in progress') return await endOrphan(lost, row, monitor)
    return decide(lost, row, monitor.hasLastedSince(lost.sentAt))
  } catch (error) {
    return sqlState(error) === IN_THE_FUTURE ? 'aborted' : undefined
  }
}

/**
 * Ids that were assigned but not yet written to the log are assigned again after a crash. A connection that has lasted since before the COMMIT
 * proves that there was no crash; otherwise the id has to be one that recovery knew.
 */
function decide(lost: LostCommit, row: TransactionStatusRow, hasLasted: boolean): Outcome {
  if (row.status === null) return 'unknown'
  if (!hasLasted && BigInt(lost.xid) >= fullId(row.next_xid)) return 'aborted'
  return row.status === 'committed' ? 'committed' : 'aborted'
}

async function endOrphan(
  { xid, identity }: LostCommit,
  row: TransactionStatusRow,
  monitor: Monitor,
): Promise<undefined> {
  if (row.backend_state?.startsWith('idle in transaction') !== true) return
  await monitor.ask(END_ORPHAN, [String(identity.backend), xid])
}

/** `epoch:id` to the 64 bits of an `xid8`. */
function fullId(text: string): bigint {
  const [epoch = '0', id = '0'] = text.split(':')
  return (BigInt(epoch) << 32n) | BigInt(id)
}
