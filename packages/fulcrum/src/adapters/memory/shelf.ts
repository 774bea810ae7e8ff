import type { Clock } from '../../kernel/clock.ts'

/** So many puts between two looks for what is over. */
const SWEEP_EVERY = 1_000

interface Kept<T> {
  readonly value: T
  readonly until: number
}

/** Values that are there for their time. What is over is removed when it is found, and now and then: the shelf grows with what is kept, not with what was. */
export class Shelf<T> {
  readonly #clock: Clock
  readonly #kept = new Map<string, Kept<T>>()
  #puts = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#kept.size
  }

  get(place: string): T | undefined {
    return this.#find(place)?.value
  }

  /** Milliseconds that are left; 0 where there is nothing. */
  remaining(place: string): number {
    const found = this.#find(place)
    return found === undefined ? 0 : found.until - this.#clock.now()
  }

  put(place: string, value: T, ms: number): void {
    this.#puts += 1
    if (this.#puts % SWEEP_EVERY === 0) for (const known of this.#kept.keys()) this.#find(known)
    this.#kept.set(place, { value, until: this.#clock.now() + ms })
  }

  /** Says whether it was there. */
  remove(place: string): boolean {
    const wasThere = this.#find(place) !== undefined
    this.#kept.delete(place)
    return wasThere
  }

  #find(place: string): Kept<T> | undefined {
    const found = this.#kept.get(place)
    if (found === undefined || found.until > this.#clock.now()) return found
    this.#kept.delete(place)
    return undefined
  }
}
