import { epochId } from '../../consistency/epoch.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Durability } from '../../declare/contract/vocabulary.ts'
import type { CallFacts, StorePosition } from '../../ports/store.ts'
import { ask } from './ask.ts'
import { commitOutcome } from './commit-outcome.ts'
import { connectionLost, isConnectionFailure, QUERY_CANCELED, sqlState } from './failure.ts'
import type { Identity } from './identity.ts'
import { parseLsn } from './lsn.ts'
import type { PostgresNode } from './node.ts'
import { PRIMARY_POSITION } from './sql/position.ts'
import { COMMIT, COMMIT_POSITION, REPLICATED_POSITION, WAIT_FOR_STANDBY } from './sql/transaction.ts'
import { StandbyWait } from './standby-wait.ts'
import { Statement } from './statement.ts'
import type { Begun, Transaction } from './transaction.ts'

/** A COMMIT may take long (a slow disk, a synchronous standby); after this the connection is given up and the outcome is asked for. */
const PATIENCE_MS = 10_000

/** A standby may be waited for as long as the deadline allows, and no longer than this without one. */
const LONGEST_WAIT_MS = 3_600_000

/** How long a position is asked for when COMMIT was answered but the position after it was not. */
const POSITION_MS = 10_000
const PAUSE_MS = 20

export interface CommitParts {
  readonly transaction: Transaction
  readonly node: PostgresNode
  readonly clock: Clock
  readonly call: CallFacts
  readonly durability: Durability
}

/**
 * Commits, and waits for a synchronous standby where the command asks for that; throws FUL-3016 when it is committed and none has confirmed.
 */
export async function commit(begun: Begun, parts: CommitParts): Promise<StorePosition> {
  if (parts.durability === 'local') return commitLocally(begun, parts)
  const { connection } = begun
  const { node, call } = parts
  const { cancelBackend } = node.monitor
  await using wait = new StandbyWait({ connection, deadline: call.deadline, cancelBackend })
  const position = await commitLocally(begun, parts)
  if (wait.shortcoming !== undefined) throw notReplicated(wait.shortcoming, call)
  return position
}

/**
 * Commits, and resolves with the primary's position afterwards. Not bounded by the call's deadline: once COMMIT is sent, only its outcome is
 * true.
 *
 * @throws what the server says when it refuses; FUL-3005 when the connection was lost and nothing was committed; FUL-3006 when it cannot be
 * found out.
 */
async function commitLocally(begun: Begun, parts: CommitParts): Promise<StorePosition> {
  const { connection } = begun
  const { transaction, clock, durability, call } = parts
  const statement = commitStatement(transaction, durability)
  const patience = patienceOf(parts)
  const limit = clock.timer(patience, () => connection.destroy(`COMMIT took over ${patience} ms`))
  try {
    await ask(connection, statement)
  } catch (error) {
    if (isCommitted(statement)) return await laterPosition(parts, connection.identity, error)
    if (sqlState(error) === QUERY_CANCELED) call.deadline.throwIfOver()
    if (!isConnectionFailure(error)) throw refused(transaction, statement, error)
    return await resolved(begun, parts, error)
  } finally {
    limit.cancel()
    transaction.reportLast(statement)
  }
  // COMMIT of a transaction that has failed answers ROLLBACK, and that is no error to the server.
  if (!isCommitted(statement)) throw transaction.aborted()
  const row = statement.rowsAfter[0]
  if (row?.['standbys'] === '') throw notReplicated('the server has none any more', call)
  return positionOf(connection.identity, row?.['lsn'])
}

/** COMMIT, behind what travels with it: all in one exchange, which costs both sides less than several in one write. */
function commitStatement({ last }: Transaction, durability: Durability): Statement {
  const isLocal = durability === 'local'
  const leading = isLocal ? last : [...last, { text: WAIT_FOR_STANDBY, values: [] }]
  const after = isLocal ? COMMIT_POSITION : REPLICATED_POSITION
  return new Statement({ text: COMMIT, values: [], leading, after }, undefined)
}

/** Why the server has not committed: COMMIT itself was refused, or what travels with it. */
function refused(transaction: Transaction, { leadingAt }: Statement, error: unknown): unknown {
  return leadingAt < 0 ? error : transaction.lastFailed(leadingAt, error)
}

/** The wait for a standby ends with the deadline; what is left is the COMMIT itself. */
function patienceOf({ durability, call }: CommitParts): number {
  if (durability === 'local') return PATIENCE_MS
  return PATIENCE_MS + Math.min(call.deadline.remaining(), LONGEST_WAIT_MS)
}

/** What became of a COMMIT that was cut off. */
async function resolved(begun: Begun, parts: CommitParts, cause: unknown): Promise<StorePosition> {
  const { clock, node, call, durability } = parts
  const { identity } = begun.connection
  const lost = { id: begun.id, identity, isReplicated: durability === 'replicated' }
  const outcome = await commitOutcome(lost, node.monitor, clock)
  if (outcome === 'unknown') throw unknown(cause, call)
  if (outcome === 'aborted') throw connectionLost(cause, { node: node.label, operation: call.operation })
  if (durability === 'local') return laterPosition(parts, identity, cause)
  throw notReplicated('the connection was lost while it was waited for', call, cause)
}

function isCommitted({ tag }: Statement): boolean {
  return tag === COMMIT
}

function notReplicated(reason: string, { operation }: CallFacts, cause?: unknown): Error {
  return fulcrumError('FUL-3016', { reason }, { operation, cause })
}

/** Committed, but the position that was asked for in the same breath got lost: a later one is at least as late. */
async function laterPosition(
  { node, clock, call }: CommitParts,
  identity: Identity,
  cause: unknown,
): Promise<StorePosition> {
  for (const end = clock.now() + POSITION_MS; clock.now() < end; await clock.sleep(PAUSE_MS)) {
    const answer = await node.monitor.ask(PRIMARY_POSITION, []).catch(ignore)
    const lsn = answer?.results[0]?.['written']
    if (typeof lsn !== 'string') continue
    // The server has been replaced meanwhile, and whether its successor has the change is not known.
    if (answer?.connection?.identity.timeline !== identity.timeline) break
    return positionOf(identity, lsn)
  }
  throw unknown(cause, call)
}

function positionOf({ systemId, timeline }: Identity, lsn: unknown): StorePosition {
  return { lsn: parseLsn(lsn as string), epoch: epochId({ systemId, timeline }) }
}

function unknown(cause: unknown, { operation }: CallFacts): Error {
  return fulcrumError('FUL-3006', {}, { cause, operation })
}

function ignore(): undefined {}
