import type { Clock, Timer, TimerOptions } from './clock.ts'
import { sleep } from './sleep.ts'
import { TimerWheel } from './timer-wheel.ts'

const TICK = 1
/** Ticks go on this long after the last coarse read, so that a steady trickle of calls does not start and stop them. */
const IDLE_AFTER = 100
/** The longest delay that setTimeout understands; beyond it, it fires at once. */
const LONGEST = 2 ** 31 - 1

const immediate: (callback: () => void) => unknown =
  globalThis.setImmediate ?? ((callback) => setTimeout(callback, 0))

/**
 * The machine's clocks. Runs in browsers too.
 *
 * The coarse time is `idle` → `ticking` on the first coarse read or alarm → `idle` after 100 ms with neither reads nor pending alarms.
 * While ticking, an unref'd interval refreshes it every millisecond and turns the timer wheel, so a process under load pays for one clock
 * read per millisecond instead of several per call, and an idle one pays nothing.
 */
class RealClock implements Clock {
  readonly #wheel = new TimerWheel(performance.now())
  #ticker: ReturnType<typeof setInterval> | undefined
  #coarse = 0
  #read = false
  #lastUse = 0

  now(): number {
    return performance.now()
  }

  coarse(): number {
    this.#read = true
    if (this.#ticker === undefined) this.#start()
    return this.#coarse
  }

  wall(): number {
    return Date.now()
  }

  timer(ms: number, callback: () => void, options?: TimerOptions): Timer {
    return new RealTimer(ms, callback, options?.ref !== false)
  }

  alarm(at: number, callback: () => void): Timer {
    if (this.#ticker === undefined) this.#start()
    return this.#wheel.add(at, callback)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleep(this, ms, signal)
  }

  yield(): Promise<void> {
    return new Promise((resolve) => void immediate(resolve))
  }

  #start(): void {
    this.#coarse = performance.now()
    this.#lastUse = this.#coarse
    // The wheel stood still while idle; it is empty then, so this only moves its hand.
    this.#wheel.advance(this.#coarse)
    this.#ticker = setInterval(() => this.#tick(), TICK)
    unref(this.#ticker)
  }

  #tick(): void {
    const now = performance.now()
    this.#coarse = now
    if (this.#read || this.#wheel.size > 0) this.#lastUse = now
    else if (now - this.#lastUse > IDLE_AFTER) this.#stop()
    this.#read = false
    this.#wheel.advance(now)
  }

  #stop(): void {
    clearInterval(this.#ticker)
    this.#ticker = undefined
  }
}

/** A timeout that is never early (the event loop's own idea of now may lag behind) and may be longer than 24.8 days. */
class RealTimer implements Timer {
  readonly #due: number
  readonly #ref: boolean
  #callback: (() => void) | undefined
  #handle: ReturnType<typeof setTimeout> | undefined

  constructor(ms: number, callback: () => void, ref: boolean) {
    this.#due = performance.now() + ms
    this.#callback = callback
    this.#ref = ref
    this.#arm(ms)
  }

  cancel(): void {
    clearTimeout(this.#handle)
    this.#callback = undefined
  }

  #arm(ms: number): void {
    this.#handle = setTimeout(() => this.#fire(), Math.min(Math.ceil(ms), LONGEST))
    if (!this.#ref) unref(this.#handle)
  }

  #fire(): void {
    const left = this.#due - performance.now()
    if (left > 0) return this.#arm(left)
    const callback = this.#callback
    this.#callback = undefined
    callback?.()
  }
}

/** Browsers' timers are numbers. */
function unref(handle: { unref?: () => unknown }): void {
  handle.unref?.()
}

/** A clock on the machine's own time. One per process is enough; each has its own coarse tick. */
export function createRealClock(): Clock {
  return new RealClock()
}
