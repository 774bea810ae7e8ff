import type { Acknowledge } from '../../declare/contract/vocabulary.ts'
import type { Clock, Timer } from '../../kernel/clock.ts'
import { type BatchedCall, ignore } from './batched-call.ts'

export interface BatchTerms {
  /** So many calls are carried out together at the most. */
  readonly size: number
  /** Milliseconds for which the first of a batch waits at the most, while there is a lane. */
  readonly wait: number
  /** So many may wait. */
  readonly queue: number
  /** `accepted`: nobody waits for their answers, so a batch waits until it is full or due. */
  readonly acknowledge: Acknowledge
}

/** Carries out a batch, and settles each of its calls. Never rejects. */
export type CarryOut = (batch: readonly BatchedCall[]) => Promise<void>

/** So many batches of one operation are under way at once; each has a connection. */
export const LANES = 4

/**
 * Collects calls into batches, as a database collects commits (group commit; DeWitt et al., "Implementation Techniques for Main Memory Database
 * Systems", 1984, section 5.2).
 *
 * idle → turning (somebody came; whoever comes in the same turn of the event loop is in the same batch) → under way. While a batch is under way the next
 * one collects, and begins when nothing is under way any more, when it is full, or when its first call has waited for `wait`. So the size of batches follows the load: a lone
 * call waits for one turn, and under pressure batches are as large as what arrives meanwhile. The price: batches are smaller than they
 * would be if each waited for `wait`. Where nobody waits for an answer, each does, until `flush`.
 */
export class BatchQueue {
  readonly #terms: BatchTerms
  readonly #clock: Clock
  readonly #carryOut: CarryOut
  /** In the order in which they came. */
  readonly #waiting = new Set<BatchedCall>()
  #isPatient: boolean
  #underWay = 0
  #isTurning = false
  #alarm: Timer | undefined = undefined

  constructor(terms: BatchTerms, clock: Clock, carryOut: CarryOut) {
    this.#terms = terms
    this.#isPatient = terms.acknowledge === 'accepted'
    this.#clock = clock
    this.#carryOut = carryOut
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  get isFull(): boolean {
    return this.#waiting.size >= this.#terms.queue
  }

  add(one: BatchedCall): void {
    this.#waiting.add(one)
    one.whenOver = () => this.#leave(one)
    this.#advance()
  }

  /** From now on nobody waits for longer than the batches before. */
  flush(): void {
    this.#isPatient = false
    this.#advance()
  }

  /** Fails whoever still waits. */
  abandon(reason: Error): void {
    const abandoned = [...this.#waiting]
    this.#waiting.clear()
    for (const one of abandoned) one.reject(reason)
  }

  /** Its deadline is over, and nothing was done for it. */
  #leave(one: BatchedCall): void {
    this.#waiting.delete(one)
    one.reject(one.reason)
  }

  #advance(): void {
    while (this.#underWay < LANES && this.#isReady()) void this.#begin()
    if (this.#waiting.size === 0) return
    if (this.#underWay === 0 && !this.#isPatient) void this.#turn()
    else this.#arm()
  }

  #isReady(): boolean {
    return this.#waiting.size >= this.#terms.size || this.#dueAt() <= this.#clock.coarse()
  }

  /** When the first one has waited for long enough; `Infinity` where nobody waits. */
  #dueAt(): number {
    const [first] = this.#waiting
    return first === undefined ? Infinity : first.since + this.#terms.wait
  }

  async #turn(): Promise<void> {
    if (this.#isTurning) return
    this.#isTurning = true
    await this.#clock.yield()
    this.#isTurning = false
    if (this.#underWay === 0 && this.#waiting.size > 0) void this.#begin()
    this.#advance()
  }

  /** For the first one. Where that is due, all lanes are taken, and the end of a batch will see to it. */
  #arm(): void {
    const dueAt = this.#dueAt()
    if (this.#alarm !== undefined || dueAt <= this.#clock.coarse()) return
    this.#alarm = this.#clock.alarm(dueAt, () => {
      this.#alarm = undefined
      this.#advance()
    })
  }

  async #begin(): Promise<void> {
    this.#underWay += 1
    await this.#carryOut(this.#take())
    this.#underWay -= 1
    this.#advance()
  }

  #take(): readonly BatchedCall[] {
    const batch: BatchedCall[] = []
    for (const one of this.#waiting) {
      if (batch.length === this.#terms.size) break
      this.#waiting.delete(one)
      one.whenOver = ignore
      batch.push(one)
    }
    return batch
  }
}
