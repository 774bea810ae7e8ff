import type { Random } from '../kernel/random.ts'

/**
 * Which calls are looked at: each with the same chance, whatever the others came to. The gaps between them are drawn instead of the calls (a geometric
 * distribution), so that a call that is not looked at costs a decrement.
 */
export class Sampling {
  readonly #share: number
  readonly #random: Random
  #left: number

  /** `share`: above 0, at most 1. */
  constructor(share: number, random: Random) {
    this.#share = share
    this.#random = random
    this.#left = this.#gap()
  }

  isDue(): boolean {
    this.#left -= 1
    if (this.#left > 0) return false
    this.#left = this.#gap()
    return true
  }

  #gap(): number {
    if (this.#share >= 1) return 1
    return 1 + Math.floor(Math.log(1 - this.#random.next()) / Math.log(1 - this.#share))
  }
}
