import type { Clock, Timer } from '../kernel/clock.ts'

/** Sleeps until somebody wakes it or a time has passed. Who is woken while awake does not sleep the next time. */
export class Rest {
  readonly #clock: Clock
  #isWanted = false
  #end: (() => void) | undefined = undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wake(): void {
    this.#isWanted = true
    this.#end?.()
  }

  /** What was asked for until now is being looked at. */
  lookedAt(): void {
    this.#isWanted = false
  }

  async sleep(ms: number): Promise<void> {
    if (this.#isWanted || ms <= 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer: Timer = this.#clock.timer(ms, resolve, { ref: false })
    this.#end = resolve
    await promise
    this.#end = undefined
    timer.cancel()
  }
}
