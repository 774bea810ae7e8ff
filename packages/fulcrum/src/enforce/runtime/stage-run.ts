import { Deadline } from '../../kernel/deadline.ts'
import type { Call } from './call.ts'
import { HandlerContext } from './handler-context.ts'
import { isPromise } from './is-promise.ts'
import type { Run } from './stage.ts'

/**
 * Runs the handler. Where there is a deadline, the call fails as soon as it is spent, whether or not the handler looks at `ctx.signal`: what it
 * holds (a connection, a transaction) is given back by the stages around this one.
 */
export const run: Run = (call, input) => {
  const answer = call.scope.handler(input, new HandlerContext(call))
  return call.deadline !== Deadline.none && isPromise(answer) ? withinDeadline(call, answer) : answer
}

function withinDeadline(call: Call, answer: PromiseLike<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const expiry = call.deadline.onExpire(reject)
    const settle =
      <T>(then: (value: T) => void): ((value: T) => void) =>
      (value) => {
        expiry.cancel()
        then(value)
      }
    answer.then(settle(resolve), settle(reject))
  })
}
