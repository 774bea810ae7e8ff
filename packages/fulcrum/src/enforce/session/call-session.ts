import { type Carried, carryOver, type EpochChange } from '../../consistency/carry-over.ts'
import type { EpochId } from '../../consistency/epoch.ts'
import { merge, type Token } from '../../consistency/token.ts'

/** What became of a session's tokens in the present epoch; see `Carried`. */
export type Entered = Carried['outcome']

/**
 * What one caller's calls have to see, shared by all of them.
 *
 * `unknown` (without a token: what the caller has written or seen is not known, so reads with a session level go to the primary) → `known` with the
 * first token, for good. A session never demands less than before, but for what a failover has lost, and then it says so.
 *
 * Calls of one session may overlap. Each takes the token when it begins and hands back the one that this became; of two that did so at once, the
 * session demands what either demands. The price of not serializing them is a merge, which forgets which cached value the session has seen
 * where both saw one: a cache hit, never a promise.
 */
export class CallSession {
  #token: Token | undefined
  /** Of other epochs than `#token`: they cannot be merged before somebody knows where the epochs parted. */
  #others: readonly Token[]
  #wasReset: boolean

  /** No tokens: nothing is known about the caller. `wasReset`: something was lost before. */
  constructor(tokens: readonly Token[] = [], wasReset = false) {
    this.#wasReset = wasReset
    const [first, ...others] = tokens
    this.#token = first
    this.#others = []
    for (const token of others) this.#add(token)
  }

  /** What has to be seen; `undefined` where that is not known. Complete once the present epoch was entered. */
  get token(): Token | undefined {
    return this.#token
  }

  /** All that is to be handed on to whoever calls next: one token, or several where calls overlapped a failover. */
  get tokens(): readonly Token[] {
    return this.#token === undefined ? this.#others : [this.#token, ...this.#others]
  }

  /** Something that the session had written or seen was lost with an epoch. */
  get wasReset(): boolean {
    return this.#wasReset
  }

  /** Whether all that it knows of is of this epoch. */
  isOf(epoch: EpochId): boolean {
    const token = this.#token
    return token === undefined || (this.#others.length === 0 && isOf(token, epoch))
  }

  /** Takes the session into the present epoch, before its token is used. `ahead`: it knows a newer one, and nothing has changed. */
  enter(change: EpochChange): Entered {
    if (this.isOf(change.epoch)) return 'kept'
    let entered: Entered = 'kept'
    const tokens: Token[] = []
    for (const each of this.tokens) {
      const carried = carryOver(each, change)
      if (carried.outcome === 'ahead') return 'ahead'
      tokens.push(carried.token)
      entered = worse(entered, carried.outcome)
    }
    this.#token = tokens.reduce(merge)
    this.#others = []
    this.#wasReset ||= entered === 'reset'
    return entered
  }

  /** A call that began with the token `sent` has made `next` of it. */
  advance(sent: Token | undefined, next: Token): void {
    if (this.#token === undefined || this.#token === sent) this.#token = next
    else if (this.#token !== next) this.#add(next)
  }

  /** Another instance has found that something was lost. */
  noteReset(): void {
    this.#wasReset = true
  }

  #add(token: Token): void {
    if (this.#token !== undefined && areOfOneEpoch(this.#token, token))
      this.#token = merge(this.#token, token)
    else this.#others = [...this.#others, token]
  }
}

const FROM_BAD_TO_WORSE: readonly Entered[] = ['kept', 'carried', 'reset']

function worse(a: Entered, b: Entered): Entered {
  return FROM_BAD_TO_WORSE.indexOf(a) < FROM_BAD_TO_WORSE.indexOf(b) ? b : a
}

function isOf({ epoch: own }: Token, epoch: EpochId): boolean {
  return own === undefined || own === epoch
}

function areOfOneEpoch(a: Token, b: Token): boolean {
  return a.epoch === undefined || b.epoch === undefined || a.epoch === b.epoch
}
