import type { Clock } from '../../kernel/clock.ts'

/** Something that is waited for, no longer than until `dueAt`. */
export interface Waiting {
  /** On the scale of `coarse()`. */
  readonly dueAt: number
  before: Waiting | undefined
  after: Waiting | undefined
  /** Its time is over. It has been taken out. */
  expire(): void
}

/**
 * Everything that one connection is asked and has not answered, in the order of asking. All of it may take equally long, so the first is always the
 * next to be over: one alarm, for the first, serves all, and an operation costs two links of a list instead of a timer or an `AbortSignal`.
 *
 * asleep → armed with the first operation → when the alarm rings: asleep where nothing is left, armed again where the first is not due yet, else
 * expiring after one turn of the event loop. That turn is for answers which have arrived while this process was busy with something else: its own
 * pauses are not the server's.
 */
export class InFlight {
  readonly #clock: Clock
  #first: Waiting | undefined
  #last: Waiting | undefined
  #isArmed = false
  /** How many there are. */
  size = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(waiting: Waiting): void {
    waiting.before = this.#last
    if (this.#last === undefined) this.#first = waiting
    else this.#last.after = waiting
    this.#last = waiting
    this.size += 1
    if (!this.#isArmed) this.#arm(waiting)
  }

  /**
   * Each is taken out once. It lets go of its neighbours: once a garbage collection has moved it to the old generation, all that were asked after it
   * would survive there with it, from one to the next, until that is collected.
   */
  remove(waiting: Waiting): void {
    const { before, after } = waiting
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    waiting.before = undefined
    waiting.after = undefined
    this.size -= 1
  }

  #arm({ dueAt }: Waiting): void {
    this.#isArmed = true
    this.#clock.alarm(dueAt, this.#ring)
  }

  readonly #ring = (): void => {
    this.#isArmed = false
    const first = this.#first
    if (first === undefined) return
    if (first.dueAt > this.#clock.coarse()) return this.#arm(first)
    this.#isArmed = true
    void this.#clock.yield().then(this.#expire)
  }

  readonly #expire = (): void => {
    const now = this.#clock.coarse()
    for (let first = this.#first; first !== undefined && first.dueAt <= now; first = this.#first) {
      this.remove(first)
      first.expire()
    }
    this.#isArmed = false
    if (this.#first !== undefined) this.#arm(this.#first)
  }
}
