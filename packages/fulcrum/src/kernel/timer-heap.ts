import type { Timer } from './clock.ts'

/** A timer in a heap. `callback` is `undefined` once it has fired or was cancelled. */
export class HeapTimer implements Timer {
  readonly at: number
  readonly sequence: number
  readonly ref: boolean
  callback: (() => void) | undefined
  readonly #heap: TimerHeap

  constructor(heap: TimerHeap, at: number, sequence: number, ref: boolean, callback: () => void) {
    this.#heap = heap
    this.at = at
    this.sequence = sequence
    this.ref = ref
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

/**
 * A binary heap of timers in the order (time, sequence of arming). Cancelling only marks a timer; marked ones are skipped when they reach the
 * top and swept when they outnumber the live ones, so that cancelling stays O(1) amortised.
 */
export class TimerHeap {
  #heap: HeapTimer[] = []
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
    const timer = new HeapTimer(this, at, this.#sequence++, ref, callback)
    this.#size++
    if (ref) this.#refs++
    this.#heap.push(timer)
    this.#up(this.#heap.length - 1)
    return timer
  }

  /** The earliest live timer. */
  peek(): HeapTimer | undefined {
    while (this.#heap.length > 0 && this.#heap[0]?.callback === undefined) this.#removeTop()
    return this.#heap[0]
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
    if (this.#heap.length > SWEEP_FROM && this.#heap.length > 2 * this.#size) this.#sweep()
  }

  #forget(timer: HeapTimer): void {
    this.#size--
    if (timer.ref) this.#refs--
  }

  #sweep(): void {
    this.#heap = this.#heap.filter((timer) => timer.callback !== undefined)
    for (let index = (this.#heap.length >> 1) - 1; index >= 0; index--) this.#down(index)
  }

  #removeTop(): void {
    const last = this.#heap.pop() as HeapTimer
    if (this.#heap.length === 0) return
    this.#heap[0] = last
    this.#down(0)
  }

  #up(start: number): void {
    const heap = this.#heap
    const timer = heap[start] as HeapTimer
    let index = start
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = heap[parentIndex] as HeapTimer
      if (!before(timer, parent)) break
      heap[index] = parent
      index = parentIndex
    }
    heap[index] = timer
  }

  #down(start: number): void {
    const heap = this.#heap
    const timer = heap[start] as HeapTimer
    let index = start
    for (let childIndex = 2 * index + 1; childIndex < heap.length; childIndex = 2 * index + 1) {
      const right = childIndex + 1
      if (right < heap.length && before(heap[right] as HeapTimer, heap[childIndex] as HeapTimer))
        childIndex = right
      const child = heap[childIndex] as HeapTimer
      if (!before(child, timer)) break
      heap[index] = child
      index = childIndex
    }
    heap[index] = timer
  }
}

function before(a: HeapTimer, b: HeapTimer): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
}
