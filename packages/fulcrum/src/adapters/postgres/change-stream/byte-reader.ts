import type { Lsn } from '../../../consistency/label.ts'
import { malformed } from './malformed.ts'

/** Reads one message front to back. @throws FUL-4036 where the message ends too early. */
export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2))
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4))
  }

  /** A position of 64 bits. Servers beyond 2^53 are refused when a connection is opened. */
  lsn(): Lsn {
    return this.uint32() * 2 ** 32 + this.uint32()
  }

  /** Bytes up to and without a zero byte. */
  cString(): string {
    const end = this.#bytes.indexOf(0, this.#at)
    if (end < 0) throw malformed('a name does not end')
    const text = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end + 1
    return text
  }

  text(length: number): string {
    const from = this.#take(length)
    return this.#bytes.toString('utf8', from, from + length)
  }

  skip(length: number): void {
    this.#take(length)
  }

  skipAll(): void {
    this.#at = this.#bytes.length
  }

  #take(length: number): number {
    const from = this.#at
    if (from + length > this.#bytes.length) throw malformed('a message ends too early')
    this.#at = from + length
    return from
  }
}
