/**
 * Marsaglia's xorshift with 32 bits of state ("Xorshift RNGs", Journal of Statistical Software 8, 2003). The quality is modest and enough to
 * interleave actions; what counts is that it is repeated exactly by a seed and costs nothing.
 */
export class XorShift {
  #state = 1

  /** Every step of a run draws from a sequence of its own, so that leaving one step out does not disturb the others. */
  reseed(seed: number, step: number): void {
    let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(step + 1, 0xc2b2ae35)
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    this.#state = mixed ^ (mixed >>> 16) || 1
  }

  /** An integer in [0, below). */
  below(below: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return (state >>> 0) % below
  }

  /** One of a list that is not empty. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent
  }
}
