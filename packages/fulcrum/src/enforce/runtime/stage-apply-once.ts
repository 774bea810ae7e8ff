import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Queue } from '../../ports/queue.ts'
import type { TransactionRunner } from '../../ports/store.ts'
import type { Call } from './call.ts'
import type { StageFactory } from './stage.ts'

/**
 * Notes in the transaction of a job that it was applied. The note travels with COMMIT and exists once for each job, so that of two attempts only one can
 * be committed: the other one comes second, is run again, and finds the note. The first attempt at a job has nothing to look for.
 */
export const applyOnce: StageFactory<'apply once'> = (_settings, next, { operation, enqueuer }) => {
  if (enqueuer === undefined) throw new Error('a job was composed without a queue')
  const { queue } = enqueuer
  return async (call, input) => {
    const { job, transaction } = call
    // Run by hand, in a test: there is nothing that could be run again.
    if (job === undefined || transaction === undefined) return next(call, input)
    if (job.mayBeApplied) await refuseApplied(queue, transaction, call)
    job.mayBeApplied = true
    const output = await next(call, input)
    queue.noteApplied(transaction, operation.name, job.id)
    return output
  }
}

async function refuseApplied(queue: Queue, tx: TransactionRunner, { job, operation }: Call): Promise<void> {
  const id = job?.id ?? ''
  if (await queue.wasApplied(tx, id)) throw fulcrumError('FUL-3102', { id }, { operation })
}
