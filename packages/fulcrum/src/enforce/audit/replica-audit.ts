import type { Clock } from '../../kernel/clock.ts'
import type { Auditor } from './auditor.ts'
import type { Finding } from './entry-audit.ts'
import type { Reading, Readings } from './readings.ts'
import type { Subject } from './subject.ts'

/** Index into `SOURCES`. */
const REPLICA = 2
/** Nobody waits longer for a bound to pass. */
const LONGEST_BOUND_MS = 60_000
/** A value that is changed back and forth could be met in the wrong order once; not so often. */
const ROUNDS = 6

export interface ReplicaAuditParts {
  /** In milliseconds; `Infinity`: any age is allowed. */
  readonly bound: number
  readonly clock: Clock
  readonly auditor: Auditor
  readonly readings: Readings
}

/**
 * Compares what a replica says with what the primary says. A replica that lags is within its contract for as long as it is within the bound: what counts
 * is that it still says the same when the bound has passed since the primary was asked, again and again, while the primary does not move.
 */
export class ReplicaAudit {
  readonly #parts: ReplicaAuditParts

  constructor(parts: ReplicaAuditParts) {
    this.#parts = parts
  }

  async of(subject: Subject): Promise<Finding> {
    const { bound, readings } = this.#parts
    const served = await readings.asRouted(subject)
    if (served.source !== REPLICA) return { outcome: 'undecided' }
    const primary = await readings.onPrimary(subject)
    if (primary.text === served.text) return { outcome: 'held' }
    if (bound > LONGEST_BOUND_MS) return { outcome: 'allowed' }
    const isStuck = await this.#isStuck(subject, served, primary)
    return isStuck ? { outcome: 'violated', primary } : { outcome: 'allowed' }
  }

  async #isStuck(subject: Subject, served: Reading, primary: Reading): Promise<boolean> {
    const { auditor, bound, clock, readings } = this.#parts
    let { at } = primary
    for (let round = 0; round < ROUNDS; round += 1) {
      await auditor.pause(at + bound - clock.now())
      const again = await readings.asRouted(subject)
      if (again.source !== REPLICA || again.text !== served.text) return false
      if ((again.read?.asOf ?? -Infinity) < at) return false
      const now = await readings.onPrimary(subject)
      if (now.text !== primary.text) return false
      at = now.at
    }
    return true
  }
}
