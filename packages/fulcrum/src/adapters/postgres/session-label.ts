import { type EpochId } from '../../consistency/epoch.ts'
import type { ReadLabel } from '../../consistency/label.ts'
import type { Snapshot } from '../../consistency/snapshot.ts'
import type { Located } from './monitor.ts'
import type { Statement } from './statement.ts'

/**
 * What is known of the data of one statement; `undefined` where nothing can be said. `known` is where its node was known to be before the statement was sent:
 * a lower bound, if the server behind the connection is the one that was asked.
 */
export function labelOf(
  { bracket, connection }: Statement,
  known: Located | undefined,
): ReadLabel | undefined {
  const identity = connection?.identity
  if (identity === undefined) return undefined
  const isSame = known?.server === identity.server
  if (bracket !== undefined) return bracket.label(isSame ? known?.epoch : undefined)
  if (known === undefined || !isSame || !isOf(identity.role, identity.epoch, known.epoch)) return undefined
  const { epoch, lsn: lo } = known
  return { epoch, source: identity.role, lo, hi: Infinity, snapshot: undefined, rx: 0 }
}

/** A connection to a primary is of one epoch for good; one to a replica goes along with it. */
function isOf(role: ReadLabel['source'], own: EpochId, known: EpochId): boolean {
  return role === 'replica' || own === known
}

/**
 * What is known of data that was read in two statements. A primary's bound is strict, so what a replica has contributed is judged as strictly.
 * `undefined` for data of two epochs: it has no position in either.
 */
export function together(a: ReadLabel, b: ReadLabel): ReadLabel | undefined {
  if (a.epoch !== b.epoch) return undefined
  return {
    epoch: a.epoch,
    source: a.source === b.source ? a.source : 'primary',
    lo: Math.min(a.lo, b.lo),
    hi: Math.max(a.hi, b.hi),
    snapshot: seenByBoth(a, b),
    rx: Math.max(a.rx, b.rx),
  }
}

function seenByBoth(a: ReadLabel, b: ReadLabel): Snapshot | undefined {
  const ofPrimary = [a, b].filter(({ source }) => source === 'primary').map(({ snapshot }) => snapshot)
  const [one, other = one] = ofPrimary
  if (one === undefined || other === undefined) return undefined
  return {
    xmin: Math.min(one.xmin, other.xmin),
    xmax: Math.min(one.xmax, other.xmax),
    xip: [...new Set([...one.xip, ...other.xip])].toSorted((x, y) => x - y),
  }
}

/**
 * The label of all that one call has read. What it is worked out from is kept until somebody asks, since most calls never do: nothing → answers →
 * unlabelled, for good, once nothing can be said of one of them.
 */
export class SessionLabel {
  /** When the first statement that was answered had been sent. */
  sentAt: number = Infinity
  #label: ReadLabel | undefined = undefined
  #isUnlabelled = false
  #last: Statement | undefined = undefined
  #known: Located | undefined = undefined

  add(statement: Statement, known: Located | undefined): void {
    this.#fold()
    this.#last = statement
    this.#known = known
    if (statement.sentAt < this.sentAt) this.sentAt = statement.sentAt
  }

  get(): ReadLabel | undefined {
    this.#fold()
    return this.#label
  }

  #fold(): void {
    const last = this.#last
    if (last === undefined || this.#isUnlabelled) return
    this.#last = undefined
    const label = labelOf(last, this.#known)
    const joined = label === undefined || this.#label === undefined ? label : together(this.#label, label)
    this.#label = joined
    this.#isUnlabelled = joined === undefined
  }
}
