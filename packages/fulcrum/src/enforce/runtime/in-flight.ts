import type { Clock, Timer } from '../../kernel/clock.ts'

/** What holds work that nobody waits for. */
export interface Drained {
  /** Nothing may wait for its time any more. */
  drain(): void
  /** The time is over: what is left is lost. */
  abandon(): void
}

/** Counts the calls of a runtime, and waits for the last of them. `open` → `draining`; there is no way back. */
export class InFlight {
  count = 0
  draining = false
  #idle: (() => void) | undefined = undefined
  readonly #drained: Drained[] = []

  leave(): void {
    this.count -= 1
    if (this.count === 0) this.#idle?.()
  }

  onDrain(drained: Drained): void {
    this.#drained.push(drained)
  }

  /** Resolves with the number of calls that are left: 0, or more once `ms` have passed. */
  async drain(clock: Clock, ms: number): Promise<number> {
    this.draining = true
    for (const each of this.#drained) each.drain()
    if (this.count > 0) await this.#lastOneOut(clock, ms)
    const left = this.count
    for (const each of this.#drained) each.abandon()
    return left
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
