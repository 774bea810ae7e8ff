import { hexFrom } from './random-text.ts'
import type { Random } from './random.ts'

const word = (): number => (Math.random() * 0x1_0000_0000) >>> 0

/** The machine's randomness: `Math.random` for numbers and ids of traces, the platform's generator for UUIDs. */
class RealRandom implements Random {
  next(): number {
    return Math.random()
  }

  int(below: number): number {
    return Math.floor(Math.random() * below)
  }

  uuid(): string {
    return crypto.randomUUID()
  }

  hex(bytes: number): string {
    return hexFrom(word, bytes)
  }
}

export function createRealRandom(): Random {
  return new RealRandom()
}
