import type { Random } from '../../kernel/random.ts'

const SANE = /^[\x21-\x7e]{1,128}$/

/**
 * Names requests: by the caller's `X-Request-Id` where it is at most 128 visible ASCII characters, otherwise by a new id.
 *
 * New ids are unique, not secret: 64 random bits of this object, then a counter of 30 bits that is scrambled (a multiplication that loses
 * nothing, Knuth's multiplicative hashing) so that it does not tell how many requests there were. That costs a tenth of a random UUID.
 */
export class RequestIds {
  readonly #random: Random
  #prefix: string
  #count = 0

  constructor(random: Random) {
    this.#random = random
    this.#prefix = random.hex(8)
  }

  of(sent: string | undefined): string {
    return sent !== undefined && SANE.test(sent) ? sent : this.#next()
  }

  #next(): string {
    this.#count = (this.#count + 1) & MASK
    // Each number once, then they begin again under another prefix.
    if (this.#count === 0) this.#prefix = this.#random.hex(8)
    const scrambled = Math.imul(this.#count, GOLDEN) & MASK
    return `${this.#prefix}-${pair(scrambled >>> 20)}${pair(scrambled >>> 10)}${pair(scrambled)}`
  }
}

const MASK = 2 ** 30 - 1
/** 2³² divided by the golden ratio, odd. */
const GOLDEN = 0x9e3779b1

const DIGITS = '0123456789abcdefghijklmnopqrstuv'
const PAIRS: readonly string[] = Array.from({ length: 1024 }, (_, index) => {
  return `${DIGITS[index >>> 5]}${DIGITS[index & 31]}`
})

/** The lowest ten bits as two digits. */
function pair(bits: number): string {
  return PAIRS[bits & 1023] as string
}

/** The request id as a URI, for the `instance` of a problem document (RFC 9457, 3.1.5). */
export function instanceOf(id: string): string {
  return `urn:fulcrum:request:${encodeURIComponent(id)}`
}
