import type { Clock as BossClock } from 'pg-boss'
import type { Clock, Timer } from '../../kernel/clock.ts'

interface Repeated {
  timer: Timer
}

/** The injected clock as pg-boss takes it. Nothing that pg-boss waits for keeps the process alive. */
export function bossClock(clock: Clock): BossClock {
  const once = (callback: () => void, ms: number): Timer => clock.timer(ms, callback, { ref: false })
  const repeat = (callback: () => void, ms: number): Repeated => {
    const tick = (): void => {
      repeated.timer = once(tick, ms)
      callback()
    }
    const repeated: Repeated = { timer: once(tick, ms) }
    return repeated
  }
  return {
    now: () => clock.wall(),
    setTimeout: once,
    clearTimeout: (timer) => (timer as Timer | undefined)?.cancel(),
    setInterval: repeat,
    clearInterval: (repeated) => (repeated as Repeated | undefined)?.timer.cancel(),
  }
}
