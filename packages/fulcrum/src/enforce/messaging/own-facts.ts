import { Deadline } from '../../kernel/deadline.ts'
import { silentObserver } from '../../kernel/observer.ts'
import type { CallFacts } from '../../ports/store.ts'

const PROBE = silentObserver.operation('', 'subscriber')

/** For statements that are made on nobody's behalf: they are no calls, and nobody measures them as such. */
export function ownFacts(deadline: Deadline = Deadline.none): CallFacts {
  return { operation: 'fulcrum.events', deadline, probe: PROBE }
}
