import type { Clock } from '../../kernel/clock.ts'
import { codeOf, isFull, reasonOf } from './server-error.ts'

/** Between the last refusal and the belief that there is room again: a server at its limit takes some and refuses others. */
const QUIET_MS = 10_000

export interface FullnessParts {
  readonly name: string
  readonly clock: Clock
  readonly log: (line: string) => void
}

/**
 * Whether the server takes what it is given, for people: accepting → full with the first refusal → accepting again with the first success after a
 * quiet time. One line each way, however many fills fail. Nothing else depends on it: a full cache is read from as before.
 */
export class Fullness {
  readonly #parts: FullnessParts
  #refusedAt: number | undefined

  constructor(parts: FullnessParts) {
    this.#parts = parts
  }

  /** Looks at what became of a write; passes its outcome on. */
  async watch<T>(write: Promise<T>): Promise<T> {
    try {
      const outcome = await write
      if (this.#refusedAt !== undefined) this.#accepted(this.#refusedAt)
      return outcome
    } catch (error) {
      if (error instanceof Error && isFull(codeOf(error.cause))) this.#refused(error.cause)
      throw error
    }
  }

  #refused(reply: unknown): void {
    const { name, clock, log } = this.#parts
    if (this.#refusedAt === undefined)
      log(`${name} takes nothing more, and is only read from: ${reasonOf(reply)}`)
    this.#refusedAt = clock.coarse()
  }

  #accepted(refusedAt: number): void {
    const { name, clock, log } = this.#parts
    if (clock.coarse() - refusedAt < QUIET_MS) return
    this.#refusedAt = undefined
    log(`${name} takes new entries again`)
  }
}
