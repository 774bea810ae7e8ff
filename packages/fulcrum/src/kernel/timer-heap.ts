import type { Timer } from './clock.ts'

/** A timer in a heap. `callback` is `undefined` once it has fired or was cancelled. */
export class HeapTimer implements Timer {
  readonly at: number
  readonly sequence: number
  /** Whether it keeps the run going. */
  ref = true
  callback: (() => void) | undefined
  readonly #heap: TimerHeap

  constructor(heap: TimerHeap, at: number, callback: () => void) {
    this.#heap = heap
    this.at = at
    this.sequence = heap.sequence
    this.callback = callback
  }

  cancel(): void {
    if (this.callback === undefined) return
    this.callback = undefined
    this.#heap.cancelled(this)
  }
}

/** Below this, dead timers are not worth a sweep. */
const SWEEP_FROM = 64
/** A node has 4 children: a flat heap touches less memory than a binary one. */
const SHIFT = 2

/**
 * A heap of timers in the order (time, sequence of arming). The times lie beside the timers in an array of their own, which the comparisons
 * walk without following pointers. Cancelling only marks a timer; marked ones are skipped when they reach the top and swept when they
 * outnumber the live ones, so that cancelling is O(1) amortised.
 */
export class TimerHeap {
  #timers: HeapTimer[] = []
  #times: number[] = []
  #sequence = 0
  #size = 0
  #refs = 0

  /** Timers that are neither taken nor cancelled. */
  get size(): number {
    return this.#size
  }

  /** How many of them keep the run going. */
  get refs(): number {
    return this.#refs
  }

  /** The sequence number that the next timer gets. */
  get sequence(): number {
    return this.#sequence
  }

  add(at: number, ref: boolean, callback: () => void): HeapTimer {
    const timer = new HeapTimer(this, at, callback)
    timer.ref = ref
    this.#sequence++
    this.#size++
    if (ref) this.#refs++
    this.#timers.push(timer)
    this.#times.push(at)
    this.#up(this.#timers.length - 1)
    return timer
  }

  /** The earliest live timer. */
  peek(): HeapTimer | undefined {
    while (this.#timers.length > 0 && this.#timers[0]?.callback === undefined) this.#removeTop()
    return this.#timers[0]
  }

  /** Takes the earliest live timer out. It may still be cancelled afterwards. */
  pop(): HeapTimer | undefined {
    const top = this.peek()
    if (top !== undefined) this.#removeTop()
    return top
  }

  /** Clears the callback of a timer that was popped and returns it; `undefined` if it was cancelled meanwhile. */
  take(timer: HeapTimer): (() => void) | undefined {
    const { callback } = timer
    if (callback === undefined) return undefined
    timer.callback = undefined
    this.#forget(timer)
    return callback
  }

  /** @internal For `HeapTimer.cancel`. */
  cancelled(timer: HeapTimer): void {
    this.#forget(timer)
    if (this.#timers.length > SWEEP_FROM && this.#timers.length > 2 * this.#size) this.#sweep()
  }

  #forget(timer: HeapTimer): void {
    this.#size--
    if (timer.ref) this.#refs--
  }

  #sweep(): void {
    this.#timers = this.#timers.filter((timer) => timer.callback !== undefined)
    this.#times = this.#timers.map((timer) => timer.at)
    for (let index = (this.#timers.length - 2) >> SHIFT; index >= 0; index--) this.#down(index)
  }

  #removeTop(): void {
    const timer = this.#timers.pop() as HeapTimer
    const time = this.#times.pop() as number
    if (this.#timers.length === 0) return
    this.#timers[0] = timer
    this.#times[0] = time
    this.#down(0)
  }

  #up(start: number): void {
    for (let index = start; index > 0;) {
      const parent = (index - 1) >> SHIFT
      if (!this.#isBefore(index, parent)) return
      this.#swap(index, parent)
      index = parent
    }
  }

  #down(start: number): void {
    for (let index = start; ;) {
      const child = this.#firstChild(index)
      if (child < 0 || !this.#isBefore(child, index)) return
      this.#swap(index, child)
      index = child
    }
  }

  /** Where the earliest child of a node lies, or -1. */
  #firstChild(index: number): number {
    const begin = (index << SHIFT) + 1
    const end = Math.min(begin + (1 << SHIFT), this.#times.length)
    if (begin >= end) return -1
    let first = begin
    for (let child = begin + 1; child < end; child++) if (this.#isBefore(child, first)) first = child
    return first
  }

  #isBefore(a: number, b: number): boolean {
    const timeA = this.#times[a] as number
    const timeB = this.#times[b] as number
    if (timeA !== timeB) return timeA < timeB
    return (this.#timers[a] as HeapTimer).sequence < (this.#timers[b] as HeapTimer).sequence
  }

  #swap(a: number, b: number): void {
    const timer = this.#timers[a] as HeapTimer
    const time = this.#times[a] as number
    this.#timers[a] = this.#timers[b] as HeapTimer
    this.#times[a] = this.#times[b] as number
    this.#timers[b] = timer
    this.#times[b] = time
  }
}
