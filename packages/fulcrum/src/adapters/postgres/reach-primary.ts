import type { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { AdapterDependencies } from '../../ports/store-source.ts'
import { reasonOf, sqlState } from './failure.ts'
import type { PostgresNode } from './node.ts'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

/** Class 28: the server refuses the user. 3D000: it has no such database. 42501: the user may not connect. */
const REFUSED = /^(?:28...|3D000|42501)$/

/**
 * Waits for the primary, which may be starting up.
 *
 * @throws FUL-3002 when it cannot be reached before the deadline, or at once when waiting would not help: it refuses the user or the database,
 * or it is not the server that is meant (FUL-4001, FUL-4002, FUL-4005).
 */
export async function reachPrimary(
  primary: PostgresNode,
  { clock }: AdapterDependencies,
  deadline: Deadline,
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await primary.monitor.start()
    } catch (error) {
      if (isFinal(error)) throw error
      if (REFUSED.test(sqlState(error) ?? '') || deadline.remaining() <= pause)
        throw unreachable(primary, error)
    }
    await clock.sleep(pause)
  }
}

function isFinal(error: unknown): boolean {
  return isFulcrumError(error) && error.code !== 'FUL-3002'
}

function unreachable({ label }: PostgresNode, cause: unknown): Error {
  return fulcrumError('FUL-3002', { dependency: `PostgreSQL ${label}`, reason: reasonOf(cause) }, { cause })
}
