import { Deadline } from '../kernel/deadline.ts'
import { silentObserver } from '../kernel/observer.ts'
import type { CallFacts, TransactionSettings } from './store.ts'

const PROBE = silentObserver.operation('', 'own')

/** For statements that are made on nobody's behalf: they are no calls, and nobody measures them as such. `part`: whose they are, `fulcrum.events`. */
export function ownFacts(part: `fulcrum.${string}`, deadline: Deadline = Deadline.none): CallFacts {
  return { operation: part, deadline, probe: PROBE }
}

/** For a statement that is right by itself. */
export const ALONE: TransactionSettings = Object.freeze({ isolation: 'read committed', durability: 'local' })
