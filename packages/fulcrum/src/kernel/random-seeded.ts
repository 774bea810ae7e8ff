import { hexFrom, uuidFrom } from './random-text.ts'
import type { Random } from './random.ts'
import { Sfc32 } from './sfc32.ts'

class SeededRandom implements Random {
  readonly #word: () => number

  constructor(seed: number | string) {
    const generator = new Sfc32(seedWords(String(seed)))
    this.#word = () => generator.next()
  }

  /** 53 bits: every multiple of 2^-53 in [0, 1) is equally likely. */
  next(): number {
    const high = this.#word() >>> 5
    const low = this.#word() >>> 6
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000
  }

  int(below: number): number {
    return Math.floor(this.next() * below)
  }

  uuid(): string {
    return uuidFrom(this.#word)
  }

  hex(bytes: number): string {
    return hexFrom(this.#word, bytes)
  }
}

/** Three words from a text: the FNV-1a hash of Fowler, Noll and Vo over its UTF-16 units, from three different bases. */
function seedWords(text: string): [number, number, number] {
  return [fnv1a(0x811c9dc5, text), fnv1a(0x9e3779b9, text), fnv1a(0x85ebca6b, text)]
}

function fnv1a(start: number, text: string): number {
  let hash = start
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}

/**
 * Randomness that equal seeds repeat exactly, on every machine. Parts that must not disturb each other's sequence get seeds of their own,
 * e.g. `${seed}/arrivals`.
 */
export function createSeededRandom(seed: number | string): Random {
  return new SeededRandom(seed)
}
