import { Deadline } from '../../kernel/deadline.ts'
import { HandlerContext } from './handler-context.ts'
import { isPromise } from './is-promise.ts'
import type { Run } from './stage.ts'
import { untilExpiry } from './until-expiry.ts'

/**
 * Runs the handler. Where there is a deadline, the call fails as soon as it is spent, whether or not the handler looks at `ctx.signal`: what it
 * holds (a connection, a transaction) is given back by the stages around this one.
 */
export const run: Run = (call, input) => {
  const answer = call.scope.handler(input, new HandlerContext(call))
  return call.deadline !== Deadline.none && isPromise(answer) ? untilExpiry(call.deadline, answer) : answer
}
