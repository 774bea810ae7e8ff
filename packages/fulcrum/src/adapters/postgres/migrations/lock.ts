import type { Clock } from '../../../kernel/clock.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { Random } from '../../../kernel/random.ts'
import { TRY_LOCK, UNLOCK } from '../sql/migration-lock.ts'
import type { MigrationSession } from './session.ts'

const PAUSE_MS = 50

/** Runs `work` while no other instance migrates this database. @throws FUL-4026 when another one does until the deadline. */
export async function withLock<T>(
  session: MigrationSession,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  work: () => Promise<T>,
): Promise<T> {
  while (!(await isTaken(session))) {
    const pause = PAUSE_MS * (0.5 + random.next())
    if (session.deadline.remaining() <= pause) throw fulcrumError('FUL-4026', {})
    await clock.sleep(pause)
  }
  try {
    return await work()
  } finally {
    // When the connection is lost, so is the lock.
    await session.script(UNLOCK).catch(ignore)
  }
}

async function isTaken(session: MigrationSession): Promise<boolean> {
  const [row] = await session.rows(TRY_LOCK)
  return row?.['is_taken'] === true
}

function ignore(): void {}
