import type { Clock, Timer, TimerOptions } from './clock.ts'
import { fulcrumError } from './errors/fulcrum-error.ts'
import { nextQuiescence } from './quiescence.ts'
import { createSeededRandom } from './random-seeded.ts'
import type { Random } from './random.ts'
import { sleep } from './sleep.ts'
import { type HeapTimer, TimerHeap } from './timer-heap.ts'

export interface VirtualClockOptions {
  /** Wall-clock time at which virtual time 0 lies, in milliseconds since the Unix epoch. Default: 2025-01-01T00:00:00Z. */
  readonly start?: number
  /**
   * Without a seed, timers of the same instant fire in the order of arming. With one, in an order that the seed decides: equal seeds give
   * equal traces, different seeds explore different interleavings.
   */
  readonly seed?: number | string
}

/** A clock whose time is simulated: it starts at 0 and moves only in `run`, `runUntil` and `drive`. */
export interface VirtualClock extends Clock {
  /** Timers, alarms, sleeps and yields that have neither fired nor been cancelled. */
  readonly pending: number
  /** Runs until nothing is pending but unref'd timers. Rejects with what a callback throws; running again goes on after it. */
  run(): Promise<void>
  /** Runs what is due up to and including `at` (on the scale of `now()`), then sets the time to `at`. */
  runUntil(at: number): Promise<void>
  /** Runs until `work` settles and passes its outcome on. Rejects with `FUL-8002` if nothing is pending that could settle it. */
  drive<T>(work: Promise<T>): Promise<T>
}

const START = Date.UTC(2025, 0, 1)

/**
 * `still` → `running` (in `run`, `runUntil`, `drive`) → `still`. While running: wait for quiescence (no microtask or immediate left), move the
 * time to the earliest timer, fire all timers of that instant, again. A timer armed for the current instant fires in the next round, after
 * everything that this round set off has come to rest.
 *
 * Trades real concurrency for determinism: work that waits for something real (a socket, a file, a real timer) does not hold time back.
 */
class SimulatedClock implements VirtualClock {
  readonly #timers = new TimerHeap()
  readonly #start: number
  readonly #random: Random | undefined
  readonly #round: HeapTimer[] = []
  #now = 0
  #running = false

  constructor({ start = START, seed }: VirtualClockOptions) {
    this.#start = start
    this.#random = seed === undefined ? undefined : createSeededRandom(seed)
  }

  get pending(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  coarse(): number {
    return this.#now
  }

  wall(): number {
    return this.#start + this.#now
  }

  timer(ms: number, callback: () => void, options?: TimerOptions): Timer {
    return this.#arm(this.#now + ms, callback, options?.ref !== false)
  }

  alarm(at: number, callback: () => void): Timer {
    return this.#arm(at, callback, true)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleep(this, ms, signal)
  }

  yield(): Promise<void> {
    return new Promise((resolve) => void this.timer(0, resolve))
  }

  run(): Promise<void> {
    return this.#advance(Infinity, () => this.#timers.refs === 0)
  }

  async runUntil(at: number): Promise<void> {
    await this.#advance(at, () => false)
    this.#now = Math.max(this.#now, at)
  }

  async drive<T>(work: Promise<T>): Promise<T> {
    let settled = false
    const settle = (): void => {
      settled = true
    }
    work.then(settle, settle)
    await this.#advance(Infinity, () => settled)
    if (!settled) throw fulcrumError('FUL-8002', { time: this.#now })
    return work
  }

  #arm(at: number, callback: () => void, ref: boolean): Timer {
    return this.#timers.add(Math.max(at, this.#now), ref, callback)
  }

  async #advance(until: number, done: () => boolean): Promise<void> {
    if (this.#running) throw fulcrumError('FUL-8001', {})
    this.#running = true
    try {
      for (;;) {
        await nextQuiescence()
        if (done()) return
        // A round is left over when one of its callbacks threw.
        if (this.#round.length === 0 && !this.#nextRound(until)) return
        this.#fire()
      }
    } finally {
      this.#running = false
    }
  }

  /** Moves the time to the earliest timer, if there is one by then, and takes the timers of that instant out, the first last. */
  #nextRound(until: number): boolean {
    const next = this.#timers.peek()
    if (next === undefined || next.at > until) return false
    this.#now = next.at
    while (this.#timers.peek()?.at === this.#now) this.#round.push(this.#timers.pop() as HeapTimer)
    if (this.#random === undefined) this.#round.reverse()
    else shuffle(this.#round, this.#random)
    return true
  }

  #fire(): void {
    for (let timer = this.#round.pop(); timer !== undefined; timer = this.#round.pop()) {
      this.#timers.take(timer)?.()
    }
  }
}

/** Fisher and Yates. */
function shuffle(items: HeapTimer[], random: Random): void {
  for (let index = items.length - 1; index > 0; index--) {
    const other = random.int(index + 1)
    const item = items[index] as HeapTimer
    items[index] = items[other] as HeapTimer
    items[other] = item
  }
}

/** A clock for tests and simulations. Two clocks with equal options, driven by equal programs, give equal traces. */
export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  return new SimulatedClock(options)
}
