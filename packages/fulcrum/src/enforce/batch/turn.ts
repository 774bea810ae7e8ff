import type { Clock } from '../../kernel/clock.ts'
import type { Call } from '../runtime/call.ts'
import type { Gathered, ReadTogether } from '../runtime/gathering.ts'

/** So many are read together at the most. */
const MOST = 1_000

/**
 * Brings together the reads of one turn of the event loop: empty → turning, with the first of them → empty, when those who are here are read. A read waits for the rest of its turn, and
 * for nothing else.
 */
export class Turn {
  readonly #clock: Clock
  readonly #read: ReadTogether
  #here: Gathered[] = []

  constructor(clock: Clock, read: ReadTogether) {
    this.#clock = clock
    this.#read = read
  }

  join(call: Call, input: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#here.push({ call, input, resolve, reject })
      if (this.#here.length === 1) void this.#turn()
    })
  }

  async #turn(): Promise<void> {
    await this.#clock.yield()
    const here = this.#here
    this.#here = []
    for (let from = 0; from < here.length; from += MOST) this.#read(here.slice(from, from + MOST))
  }
}
