import type { AnyOperation } from '../../declare/operation.ts'
import type { Run } from './stage.ts'

/**
 * Notes on the call which tags a command has changed, as soon as it has answered: before COMMIT, so that a `changes` that throws ends the command
 * while nothing is done yet, and an unknown outcome still has its tags. A call that runs inside its caller's transaction leaves them to the caller.
 */
export function notingChanges({ changes }: AnyOperation, run: Run): Run {
  if (changes === undefined) return run
  return async (call, input) => {
    const output = await call.scope.finish(call, await run(call, input))
    call.finished = true
    call.changed = [...call.changed, ...changes(input as never, output as never)]
    return output
  }
}
