import { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { ClaimedElsewhere } from '../../ports/idempotency-log.ts'
import type { Checkpoint, ImportLog } from '../../ports/import-log.ts'
import { ALONE, ownFacts } from '../../ports/own-work.ts'
import { compileOnce } from '../idempotency/once.ts'
import { ImportRun } from '../imports/import-run.ts'
import { linesOf } from '../imports/lines.ts'
import { compileRowCheck } from '../imports/row-check.ts'
import { Call } from './call.ts'
import { type StageFactory, type StageParts, storeOf } from './stage.ts'

const FIND_MS = 5_000

/**
 * Takes a stream of rows apart into batches, each of which goes through the rest of the plan as a call of its own: with its own deadline, and with a checkpoint in its
 * transaction. A repetition skips what is done, and has to be the same up to there.
 */
export const imports: StageFactory<'import'> = (settings, next, parts) => {
  const { operation, clock } = parts
  const store = storeOf(parts)
  const log = importLogOf(parts)
  const onceOf = compileOnce(operation)
  const check = compileRowCheck(operation)
  const { size, bytes, ttl, timeout } = settings

  return async (call, input) => {
    const { id } = onceOf(call, null)
    const before = await alone(FIND_MS, (tx) => log.find(tx, id))
    const apply = (rows: readonly unknown[], checkpoint: Checkpoint): Promise<void> =>
      batch(call, rows, checkpoint)
    const run = new ImportRun({ id, operation: operation.name, ttl, size, bytes, check, apply })
    try {
      const report = await run.run(linesOf(input, operation.name), before)
      call.replayed = before?.isDone === true
      call.finished = true
      call.served(1)
      return report
    } catch (error) {
      throw error instanceof ClaimedElsewhere
        ? fulcrumError('FUL-2016', {}, { operation: operation.name })
        : error
    }
  }

  async function batch(call: Call, rows: readonly unknown[], checkpoint: Checkpoint): Promise<void> {
    call.deadline.throwIfOver()
    if (rows.length === 0) {
      await alone(timeout, async (tx) => log.checkpointWith(tx, checkpoint))
      return
    }
    const deadline = Deadline.after(clock, timeout, { parent: call.deadline, operation: operation.name })
    const { principal, session } = call
    const one = new Call(call.scope, { principal, session }, deadline)
    one.note = (tx) => log.checkpointWith(tx, checkpoint)
    try {
      await next(one, rows)
    } finally {
      one.end()
    }
  }

  async function alone<T>(ms: number, work: Parameters<typeof store.transaction<T>>[2]): Promise<T> {
    using deadline = Deadline.after(clock, ms, { operation: operation.name })
    return (await store.transaction(ALONE, ownFacts('fulcrum.imports', deadline), work)).value
  }
}

function importLogOf({ importLog }: StageParts): ImportLog {
  if (importLog === undefined) throw new Error('a plan with an import was composed without a log of them')
  return importLog
}
