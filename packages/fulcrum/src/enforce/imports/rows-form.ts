import type { AnyOperation } from '../../declare/operation.ts'
import { run } from '../runtime/stage-run.ts'
import type { Run } from '../runtime/stage.ts'

/** Runs the handler of a command that imports, for the rows of one batch: it returns nothing that would be an answer. */
export function rowsForm({ changes }: AnyOperation): Run {
  return async (call, rows) => {
    await run(call, rows)
    call.finished = true
    call.changed = changes === undefined ? [] : changes(rows as never, undefined as never)
  }
}
