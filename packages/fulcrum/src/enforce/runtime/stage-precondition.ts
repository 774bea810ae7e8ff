import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Call } from './call.ts'
import { isEntityTagList } from './entity-tag.ts'
import type { StageFactory } from './stage.ts'

/**
 * `If-Match`: required or optional. Inside the transaction `requireComparison` sees to it that the handler has compared: a command that accepted
 * a precondition and never looked at it fails before anything is committed.
 */
export const precondition: StageFactory<'precondition'> = ({ ifMatch }, next) => {
  const required = ifMatch === true
  return async (call, input) => {
    if (call.ifMatch !== undefined) requireEntityTags(call.ifMatch, call.operation)
    else if (required) throw fulcrumError('FUL-2009', { header: 'If-Match' }, { operation: call.operation })
    const output = await next(call, input)
    // A transaction has asked already, before its COMMIT.
    requireComparison(call)
    return output
  }
}

/** A precondition that nobody compared must not end in a commit. */
export function requireComparison(call: Call): void {
  if (call.ifMatch === undefined || call.matched) return
  throw fulcrumError('FUL-3013', {}, { operation: call.operation })
}

/** For commands without the stage: ignoring the header could lose an update. */
export function refuseIfMatch(call: Call): never {
  const reason = 'this operation does not check If-Match, and ignoring it could lose an update'
  throw fulcrumError('FUL-2007', { part: 'If-Match header', reason }, { operation: call.operation })
}

function requireEntityTags(header: string, operation: string): void {
  if (isEntityTagList(header)) return
  const reason = 'it is neither * nor a list of entity tags such as "7"'
  throw fulcrumError('FUL-2007', { part: 'If-Match header', reason }, { operation })
}
