import type { Clock } from '../../../kernel/clock.ts'
import { type Growth, growingPause } from '../../../kernel/growing-pause.ts'
import type { Random } from '../../../kernel/random.ts'

const FAILED: Growth = { first: 200, longest: 5_000 }

export interface LoopParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
}

/**
 * Does something again and again: after the pause that the turn before asked for, or as soon as it is woken. A turn that fails is told once for each
 * reason, and repeated after a pause that grows.
 *
 * new → running (a turn, or a pause) → closed. Waking during a turn makes the next one follow at once.
 */
export class Loop {
  readonly #parts: LoopParts
  readonly #name: string
  readonly #turn: () => Promise<number>
  readonly #closing = new AbortController()
  #pause: AbortController | undefined
  #isWoken = false
  #running: Promise<void> | undefined
  #failures = 0
  #problem: string | undefined

  /** `turn` resolves with the milliseconds until the next one. */
  constructor(name: string, parts: LoopParts, turn: () => Promise<number>) {
    this.#name = name
    this.#parts = parts
    this.#turn = turn
  }

  start(): void {
    this.#running ??= this.#run()
  }

  wake(): void {
    this.#isWoken = true
    this.#pause?.abort()
  }

  /** Resolves when the turn that is under way has ended. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#pause?.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) await this.#wait(await this.#try())
  }

  async #try(): Promise<number> {
    this.#isWoken = false
    try {
      const pause = await this.#turn()
      if (this.#problem !== undefined) this.#parts.log(`${this.#name}: works again`)
      this.#problem = undefined
      this.#failures = 0
      return pause
    } catch (error) {
      return this.#failed(error)
    }
  }

  #failed(error: unknown): number {
    const problem = error instanceof Error ? error.message : String(error)
    if (problem !== this.#problem) this.#parts.log(`${this.#name}: ${problem}`)
    this.#problem = problem
    this.#failures += 1
    // Waking it would only make it fail again.
    this.#isWoken = false
    return growingPause(this.#failures - 1, FAILED, this.#parts.random)
  }

  async #wait(ms: number): Promise<void> {
    if (this.#isWoken || this.#closing.signal.aborted) return
    this.#pause = new AbortController()
    await this.#parts.clock.sleep(ms, this.#pause.signal).catch(ignore)
    this.#pause = undefined
  }
}

function ignore(): void {}
