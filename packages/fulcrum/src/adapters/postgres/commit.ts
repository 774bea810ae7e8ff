import { epochId } from '../../consistency/epoch.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { CallFacts, StorePosition } from '../../ports/store.ts'
import { ask } from './ask.ts'
import { commitOutcome } from './commit-outcome.ts'
import { connectionLost, isConnectionFailure } from './failure.ts'
import type { Identity } from './identity.ts'
import { parseLsn } from './lsn.ts'
import type { PostgresNode } from './node.ts'
import { Script } from './script.ts'
import { PRIMARY_POSITION } from './sql/position.ts'
import { COMMIT } from './sql/transaction.ts'
import type { Begun, Transaction } from './transaction.ts'

/** A COMMIT may take long (a slow disk, a synchronous standby); after this the connection is given up and the outcome is asked for. */
const PATIENCE_MS = 10_000

/** How long a position is asked for when COMMIT was answered but the position after it was not. */
const POSITION_MS = 10_000
const PAUSE_MS = 20

export interface CommitParts {
  readonly transaction: Transaction
  readonly node: PostgresNode
  readonly clock: Clock
  readonly call: CallFacts
}

/**
 * Commits, and resolves with the primary's position afterwards. Not bounded by the call's deadline: once COMMIT is sent, only its outcome is
 * true.
 *
 * @throws what the server says when it refuses; FUL-3005 when the connection was lost and nothing was committed; FUL-3006 when it cannot be
 * found out.
 */
export async function commit(begun: Begun, parts: CommitParts): Promise<StorePosition> {
  const { connection, id } = begun
  const { transaction, clock, node, call } = parts
  const script = new Script(COMMIT)
  const limit = clock.timer(PATIENCE_MS, () => connection.destroy(`COMMIT took over ${PATIENCE_MS} ms`))
  try {
    await ask(connection, script)
  } catch (error) {
    if (isCommitted(script)) return await laterPosition(parts, connection.identity, error)
    if (!isConnectionFailure(error)) throw error
    const lost = { id, identity: connection.identity }
    const outcome = await commitOutcome(lost, node.monitor, clock)
    if (outcome === 'committed') return await laterPosition(parts, connection.identity, error)
    if (outcome === 'unknown') throw unknown(error, call)
    throw connectionLost(error, { node: node.label, operation: call.operation })
  } finally {
    limit.cancel()
  }
  // COMMIT of a transaction that has failed answers ROLLBACK, and that is no error to the server.
  if (!isCommitted(script)) throw transaction.aborted()
  return positionOf(connection.identity, script.results[1]?.rows[0]?.['lsn'])
}

function isCommitted({ results }: Script): boolean {
  return results[0]?.tag === 'COMMIT'
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
