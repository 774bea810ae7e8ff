/**
 * sfc32 of Chris Doty-Humphrey's PractRand 0.94 (http://pracrand.sourceforge.net): 128 bits of state of which 32 are a counter, so that the
 * period is at least 2^32 for every seed; passes PractRand and BigCrush. Seeded as there: three words and a counter of 1, then 15 steps.
 */
export class Sfc32 {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor([a, b, c]: readonly [a: number, b: number, c: number]) {
    this.#a = a | 0
    this.#b = b | 0
    this.#c = c | 0
    for (let step = 0; step < 15; step++) this.next()
  }

  /** 32 bits as a signed integer. */
  next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0
    return result
  }
}
