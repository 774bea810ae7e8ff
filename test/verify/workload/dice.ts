import { createSeededRandom } from '../../../packages/fulcrum/src/kernel/random-seeded.ts'

/** Choices, the same for the same seed. */
export class Dice {
  readonly #next: () => number

  constructor(seed: number) {
    const random = createSeededRandom(seed)
    this.#next = () => random.next()
  }

  /** From 0 to 1. */
  roll(): number {
    return this.#next()
  }

  /** True in so many of a hundred. */
  percent(share: number): boolean {
    return this.#next() * 100 < share
  }

  below(most: number): number {
    return Math.floor(this.#next() * most)
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

/** Draws 0, 1, … with probabilities that fall as 1/(n + 1)^skew (Zipf). */
export class Zipf {
  readonly #sums: Float64Array

  constructor(count: number, skew: number) {
    this.#sums = new Float64Array(count)
    let sum = 0
    for (let index = 0; index < count; index += 1) this.#sums[index] = sum += 1 / (index + 1) ** skew
  }

  draw(dice: Dice): number {
    const at = dice.roll() * (this.#sums.at(-1) as number)
    const index = this.#sums.findIndex((sum) => at < sum)
    return index < 0 ? this.#sums.length - 1 : index
  }
}
