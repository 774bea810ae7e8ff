import type { Random } from '../../kernel/random.ts'

const SANE = /^[\x21-\x7e]{1,128}$/

/**
 * Names requests: by the caller's `X-Request-Id` where it is at most 128 visible ASCII characters, otherwise by a new id.
 *
 * New ids are unique, not secret: 64 random bits of this object, then a counter that is scrambled (a multiplication that loses nothing, Knuth's
 * multiplicative hashing) so that it does not tell how many requests there were. That costs a tenth of a random UUID.
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
    this.#count = (this.#count + 1) >>> 0
    // Each of the 2³² numbers once, then they begin again.
    if (this.#count === 0) this.#prefix = this.#random.hex(8)
    return `${this.#prefix}-${(Math.imul(this.#count, GOLDEN) >>> 0).toString(36)}`
  }
}

/** 2³² divided by the golden ratio, odd. */
const GOLDEN = 0x9e3779b1

/** The request id as a URI, for the `instance` of a problem document (RFC 9457, 3.1.5). */
export function instanceOf(id: string): string {
  return `urn:fulcrum:request:${encodeURIComponent(id)}`
}
