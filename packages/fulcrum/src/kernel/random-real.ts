import { hexFrom, uuidFrom } from './random-text.ts'
import type { Random } from './random.ts'

const word = (): number => (Math.random() * 0x1_0000_0000) >>> 0

const secureWord = (): number => crypto.getRandomValues(new Uint32Array(1))[0] as number

/** The machine's randomness: `Math.random` for numbers and ids of traces, the platform's generator for UUIDs. */
class RealRandom implements Random {
  next(): number {
    return Math.random()
  }

  int(below: number): number {
    return Math.floor(Math.random() * below)
  }

  /** Browsers have `randomUUID` on secure pages only. */
  uuid(): string {
    return crypto.randomUUID?.() ?? uuidFrom(secureWord)
  }

  hex(bytes: number): string {
    return hexFrom(word, bytes)
  }
}

export function createRealRandom(): Random {
  return new RealRandom()
}
