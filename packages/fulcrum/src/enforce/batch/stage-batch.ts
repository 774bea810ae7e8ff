import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Call } from '../runtime/call.ts'
import { enterOrFail } from '../runtime/stage-session.ts'
import { type Run, type StageFactory, storeOf } from '../runtime/stage.ts'
import { Acceptance } from './acceptance.ts'
import { BatchCarrier } from './batch-carrier.ts'
import { BatchQueue } from './batch-queue.ts'
import { BatchedCall } from './batched-call.ts'

/**
 * Carries out calls that arrive together in one transaction. Each has a deadline, a principal, a session and an answer of its own. `accepted`: its answer is that
 * it was put into the queue.
 */
export const batch: StageFactory<'batch'> = (settings, next, parts) =>
  settings.acknowledge === 'accepted' ? accepting(settings, next, parts) : answering(settings, next, parts)

const answering: StageFactory<'batch'> = (settings, next, parts) => {
  const { clock } = parts
  const { freshness } = storeOf(parts)
  const carrier = new BatchCarrier(next, parts)
  const queue = new BatchQueue(settings, clock, (calls) => carrier.carryOut(calls))
  return (call, input) =>
    call.session === undefined
      ? join(call, input)
      : enterOrFail(call, freshness).then(() => join(call, input))

  function join(call: Call, input: unknown): Promise<unknown> {
    requireRoom(queue, call)
    return new Promise((resolve, reject) => {
      const { deadline } = call
      queue.add(new BatchedCall({ call, input, since: clock.coarse(), deadline }, { resolve, reject }))
    })
  }
}

const accepting: StageFactory<'batch'> = (settings, next, parts): Run => {
  const { clock } = parts
  const acceptance = new Acceptance(parts)
  const carrier = new BatchCarrier(next, parts, acceptance)
  const queue = new BatchQueue(settings, clock, (calls) => carrier.carryOut(calls))
  acceptance.follow(queue)
  return (call, input) => {
    requireRoom(queue, call)
    queue.add(acceptance.accept(call, input))
  }
}

function requireRoom(queue: BatchQueue, { operation }: Call): void {
  if (queue.isFull) throw fulcrumError('FUL-3040', { waiting: queue.waiting }, { operation })
}
