import type { Clock } from '../../kernel/clock.ts'
import { sqlState } from './failure.ts'
import { type Identity, mayHaveCrashed } from './identity.ts'
import { parseLsn } from './lsn.ts'
import type { Monitor } from './monitor.ts'
import type { TransactionId } from './sql/transaction.ts'
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
  readonly id: TransactionId
  /** The server and the session that it ran on. */
  readonly identity: Identity
  /** Its COMMIT may wait for a standby: that is ended, for nobody listens any more, and it shows what has become of it. */
  readonly isReplicated: boolean
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
  const { id, identity } = lost
  try {
    const { results, connection } = await monitor.ask(TRANSACTION_STATUS, [id.xid, String(identity.backend)])
    // Another timeline may have given the same id to another transaction.
    if (connection?.identity.timeline !== identity.timeline) return 'unknown'
    const row = results[0] as unknown as TransactionStatusRow
    if (row.status === 'in progress') return await nudge(lost, row, monitor)
    if (row.status === null) return 'unknown'
    const isOurs = !mayHaveCrashed(identity, connection.identity) || isKnownToRecovery(id, row)
    return row.status === 'committed' && isOurs ? 'committed' : 'aborted'
  } catch (error) {
    return sqlState(error) === IN_THE_FUTURE ? 'aborted' : undefined
  }
}

/**
 * An id that a crash has wiped out, because nothing that carries it had been written to the log, is given to another transaction afterwards, of
 * which the server then speaks. Recovery ends with a checkpoint, behind all that was safe before: without such a checkpoint there was no crash,
 * and an id that the checkpoint knew was not given away.
 */
function isKnownToRecovery(
  { xid, flushed }: TransactionId,
  { redo, next_xid }: TransactionStatusRow,
): boolean {
  return parseLsn(redo) < parseLsn(flushed) || BigInt(xid) < fullId(next_xid)
}

async function nudge(
  { id, identity, isReplicated }: LostCommit,
  row: TransactionStatusRow,
  monitor: Monitor,
): Promise<undefined> {
  if (isReplicated && row.waits_for === 'SyncRep') await monitor.cancelBackend(identity.backend)
  if (row.backend_state?.startsWith('idle in transaction') !== true) return
  await monitor.ask(END_ORPHAN, [String(identity.backend), id.xid])
}

/** `epoch:id` to the 64 bits of an `xid8`. */
function fullId(text: string): bigint {
  const [epoch = '0', id = '0'] = text.split(':')
  return (BigInt(epoch) << 32n) | BigInt(id)
}
