import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Call } from '../runtime/call.ts'
import { enterOrFail } from '../runtime/stage-session.ts'
import { type StageFactory, storeOf } from '../runtime/stage.ts'
import { BatchCarrier } from './batch-carrier.ts'
import { BatchQueue } from './batch-queue.ts'
import { BatchedCall } from './batched-call.ts'

/** Carries out calls that arrive together in one transaction. Each has a deadline, a principal, a session and an answer of its own. */
export const batch: StageFactory<'batch'> = (settings, next, parts) => {
  const { clock } = parts
  const { freshness } = storeOf(parts)
  const carrier = new BatchCarrier(next, parts)
  const queue = new BatchQueue(settings, clock, (calls) => carrier.carryOut(calls))
  return (call, input) =>
    call.session === undefined
      ? join(call, input)
      : enterOrFail(call, freshness).then(() => join(call, input))

  function join(call: Call, input: unknown): Promise<unknown> {
    if (queue.isFull)
      throw fulcrumError('FUL-3040', { waiting: queue.waiting }, { operation: call.operation })
    const one = new BatchedCall(call, input, clock.coarse())
    queue.add(one)
    return one.answer
  }
}
