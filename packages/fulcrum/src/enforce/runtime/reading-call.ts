import { Deadline } from '../../kernel/deadline.ts'
import { Call } from './call.ts'
import { scopePrincipal } from './scoped-principal.ts'
import { cacheOf, type StageParts } from './stage.ts'

/**
 * Begins a call that reads for many. It has the operation's own budget and, of the caller who began it, what all of them have in common: as much of
 * the principal as the scope of the entry. It also has what his session has to see; whoever has to see more looks at the label.
 */
export function beginReading(call: Call, parts: StageParts): Call {
  const { scope, principal, token, lookup, operation } = call
  const known = scopePrincipal(operation, cacheOf(parts).scope, principal)
  const deadline = Deadline.after(parts.clock, parts.budget, { operation })
  const reading = new Call(scope, { principal: known }, deadline)
  reading.token = token
  reading.lookup = lookup
  // It is the reading that gathers with others, whatever the caller does meanwhile.
  reading.place = call.place
  call.place = undefined
  return reading
}
