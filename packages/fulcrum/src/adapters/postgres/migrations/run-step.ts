import type { Clock } from '../../../kernel/clock.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { reasonOf, sqlState } from '../failure.ts'
import { BEGIN_STEP, FINISH_STEP, FORGET_STEP, INVALID_INDEXES } from '../sql/migration-history.ts'
import { halfDone } from './compare.ts'
import type { MigrationSession } from './session.ts'
import type { Step } from './step.ts'

/** Class 42, syntax errors and unknown names: found before anything is done. */
const NOT_BEGUN = /^42...$/
const CONTROL_TAGS: ReadonlySet<string> = new Set(['BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'PREPARE'])

/** Applies one step and notes it in the history. @throws FUL-4024 when nothing of it is left, FUL-4023 when something may be. */
export async function runStep(step: Step, session: MigrationSession, clock: Clock): Promise<void> {
  if (step.transactional) await inTransaction(step, session, clock)
  else await withoutTransaction(step, session, clock)
}

async function inTransaction(step: Step, session: MigrationSession, clock: Clock): Promise<void> {
  const startedAt = clock.now()
  try {
    await session.script(`BEGIN; SET LOCAL search_path TO ${identifier(step.module)}`)
    await note(step, session)
    await run(step, session)
    await finish(step, session, clock.now() - startedAt)
    await session.script('COMMIT')
  } catch (error) {
    // The connection may be what failed.
    await session.rollback().catch(ignore)
    throw failed(step, error)
  }
}

async function withoutTransaction(step: Step, session: MigrationSession, clock: Clock): Promise<void> {
  const startedAt = clock.now()
  await note(step, session)
  try {
    await session.script(`SET search_path TO ${identifier(step.module)}`)
    await run(step, session)
  } catch (error) {
    throw await unfinished(step, session, error)
  } finally {
    await session.script('RESET search_path').catch(ignore)
  }
  await finish(step, session, clock.now() - startedAt)
}

async function run({ module, name, up, transactional }: Step, session: MigrationSession): Promise<void> {
  if (typeof up === 'function') return up(session.sql)
  const results = await session.script(up)
  const control = results.find(({ tag }) => CONTROL_TAGS.has(tag.split(' ')[0] ?? ''))
  if (control === undefined || !transactional) return
  const reason = `it contains ${control.tag}, which ended the transaction of the step`
  throw fulcrumError('FUL-4025', { module, name, reason, allowed: 'statements without transaction control' })
}

async function note(step: Step, session: MigrationSession): Promise<void> {
  const { module, name, checksum, transactional } = step
  await session.rows(BEGIN_STEP, [module, name, checksum, transactional])
}

async function finish({ module, name }: Step, session: MigrationSession, ms: number): Promise<void> {
  await session.rows(FINISH_STEP, [module, name, ms])
}

async function unfinished(step: Step, session: MigrationSession, error: unknown): Promise<unknown> {
  const { module, name } = step
  if (NOT_BEGUN.test(sqlState(error) ?? '')) {
    await session.rows(FORGET_STEP, [module, name])
    return failed(step, error)
  }
  const invalid = await session.rows(INVALID_INDEXES, [module]).catch(() => [])
  const leftovers = invalid.map((row) => String(row['name']))
  return halfDone(step, { reason: reasonOf(error), leftovers, cause: error })
}

function failed({ module, name }: Step, cause: unknown): Error {
  return fulcrumError('FUL-4024', { module, name, reason: reasonOf(cause) }, { cause })
}

/** A name as SQL writes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function ignore(): void {}
