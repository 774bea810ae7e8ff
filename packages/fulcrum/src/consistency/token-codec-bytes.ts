/** Whole numbers up to this are exact, so nothing beyond it is written or believed. */
const MOST = Number.MAX_SAFE_INTEGER

/** Bytes of a number of 53 bits in fixed width. */
const WIDE = 7

/**
 * Writes whole numbers from 0 to 2^53 - 1, one after the other.
 *
 * @throws RangeError for anything else: an upper bound that nobody has asked for is infinite, and a session that was told so would wait for ever.
 */
export class ByteWriter {
  readonly #bytes: number[] = []

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  byte(value: number): void {
    this.#bytes.push(value)
  }

  /** Seven bits to a byte, the lowest first (LEB128): short for small numbers. */
  varint(value: number): void {
    let rest = exact(value)
    while (rest >= 0x80) {
      this.#bytes.push((rest % 0x80) + 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes.push(rest)
  }

  /** Seven bytes, the lowest first: short for numbers that are random. */
  wide(value: number): void {
    let rest = exact(value)
    for (let index = 0; index < WIDE; index += 1) {
      this.#bytes.push(rest % 0x100)
      rest = Math.floor(rest / 0x100)
    }
  }
}

function exact(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`a token cannot hold ${value}`)
}

/** Reads what `ByteWriter` has written. What it cannot have written leaves the reader `broken`, and reads as 0 from then on. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0
  #broken = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Everything was read, and all of it could be. */
  get isComplete(): boolean {
    return !this.#broken && this.#at === this.#bytes.length
  }

  get isBroken(): boolean {
    return this.#broken
  }

  byte(): number {
    const value = this.#broken ? undefined : this.#bytes[this.#at]
    this.#at += 1
    return value ?? this.#break()
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte % 0x80) * scale
      if (value > MOST) return this.#break()
      if (byte < 0x80) return byte === 0 && scale > 1 ? this.#break() : value
      scale *= 0x80
    }
  }

  /** A number that was written as what it is above another. */
  above(base: number): number {
    const value = base + this.varint()
    return value > MOST ? this.#break() : value
  }

  wide(): number {
    let value = 0
    for (let index = 0; index < WIDE; index += 1) value += this.byte() * 0x100 ** index
    return value > MOST ? this.#break() : value
  }

  #break(): number {
    this.#broken = true
    return 0
  }
}
