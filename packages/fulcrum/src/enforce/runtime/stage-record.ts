import { packAnswer } from '../idempotency/answer.ts'
import type { Once } from '../idempotency/once.ts'
import { ClaimedElsewhere } from '../../ports/idempotency-log.ts'
import type { Call } from './call.ts'
import { idempotencyLogOf, type StageFactory } from './stage.ts'

/**
 * Inside the transaction: claims the call in the message of its first statement, and keeps its answer with its effects, in the message of the COMMIT. Where
 * another transaction of the same call is in the way, that is what this one fails with, whatever the handler has made of it.
 */
export const record: StageFactory<'record'> = ({ ttl }, next, parts) => {
  const log = idempotencyLogOf(parts)
  const { operation } = parts
  return async (call, input) => {
    if (call.note !== undefined) return next(call, input)
    const once = call.once as Once
    const transaction = call.openTransaction
    log.claim(transaction, once.id)
    const returned = await attempt(call, input)
    const value = call.finished ? returned : await call.scope.finish(call, returned)
    call.finished = true
    const changed = call.changed.map(({ id }) => id)
    const answer = packAnswer(operation, { kind: 'value', value, version: call.version, changed })
    log.keep(transaction, { ...once, operation: operation.name, answer, ttl })
    return value
  }

  async function attempt(call: Call, input: unknown): Promise<unknown> {
    try {
      return await next(call, input)
    } catch (error) {
      const { failure } = call.openTransaction
      throw failure instanceof ClaimedElsewhere ? failure : error
    }
  }
}
