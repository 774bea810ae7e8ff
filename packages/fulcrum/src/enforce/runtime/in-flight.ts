import type { Clock, Timer } from '../../kernel/clock.ts'

/** Counts the calls of a runtime, and waits for the last of them. `open` → `draining`; there is no way back. */
export class InFlight {
  count = 0
  draining = false
  #idle: (() => void) | undefined = undefined

  leave(): void {
    this.count -= 1
    if (this.count === 0) this.#idle?.()
  }

  /** Resolves with the number of calls that are left: 0, or more once `ms` have passed. */
  async drain(clock: Clock, ms: number): Promise<number> {
    this.draining = true
    if (this.count > 0) await this.#lastOneOut(clock, ms)
    return this.count
  }

  #lastOneOut(clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const limit: Timer = clock.timer(ms, resolve)
      this.#idle = () => {
        limit.cancel()
        resolve()
      }
    })
  }
}
