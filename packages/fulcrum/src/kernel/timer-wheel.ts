import type { Timer } from './clock.ts'
import { insertBefore, type Link, unlink } from './link.ts'

const SLOTS = 1024
const MASK = SLOTS - 1

/** The beginning and the end of a list. */
class Head implements Link {
  previous: Link = this
  next: Link = this
}

class WheelTimer implements Timer, Link {
  previous: Link = this
  next: Link = this
  readonly tick: number
  callback: (() => void) | undefined
  readonly #wheel: TimerWheel

  constructor(wheel: TimerWheel, tick: number, callback: () => void) {
    this.#wheel = wheel
    this.tick = tick
    this.callback = callback
  }

  cancel(): void {
    if (this.callback !== undefined) this.#wheel.remove(this)
  }
}

/**
 * A hashed timer wheel (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987, scheme 6) with slots of one millisecond.
 *
 * A timer is `armed` (in the list of its slot) → `due` (collected by `advance`, waiting for those before it) → `fired`, or `cancelled`
 * from either. Arming and cancelling are O(1) and allocate one object; the price is that a timer further away than one turn (1024 ms) is
 * looked at once per turn, and that times are rounded up to whole milliseconds. Right for timers that are nearly always cancelled.
 *
 * Timers fire in the order of their ticks, those of one tick in the order of arming. When time jumps by more than a turn, all that are due
 * fire, but not necessarily in that order.
 */
export class TimerWheel {
  readonly #slots: readonly Link[] = Array.from({ length: SLOTS }, () => new Head())
  readonly #due = new Head()
  #tick: number
  #size = 0

  constructor(now: number) {
    this.#tick = Math.floor(now)
  }

  /** Timers that have neither fired nor been cancelled. */
  get size(): number {
    return this.#size
  }

  /** Calls `callback` in the first `advance` to `at` or later; a time that has passed already counts as the next tick. */
  add(at: number, callback: () => void): Timer {
    const timer = new WheelTimer(this, Math.max(Math.ceil(at), this.#tick + 1), callback)
    insertBefore(timer, this.#slots[timer.tick & MASK] as Link)
    this.#size++
    return timer
  }

  /** Fires what is due at `now`. When a callback throws, the rest stays due and fires in the next call. */
  advance(now: number): void {
    const tick = Math.floor(now)
    if (this.#size > 0) this.#collect(tick)
    if (tick > this.#tick) this.#tick = tick
    this.#fire()
  }

  /** @internal For `cancel` of a timer that is armed or due. */
  remove(timer: WheelTimer): () => void {
    const { callback } = timer
    timer.callback = undefined
    unlink(timer)
    this.#size--
    return callback as () => void
  }

  #collect(until: number): void {
    for (let tick = Math.max(this.#tick, until - SLOTS) + 1; tick <= until; tick++) {
      const slot = this.#slots[tick & MASK] as Link
      for (let link = slot.next, { next } = link; link !== slot; link = next, { next } = link) {
        if ((link as WheelTimer).tick > until) continue
        unlink(link)
        insertBefore(link, this.#due)
      }
    }
  }

  #fire(): void {
    for (let link = this.#due.next; link !== this.#due; link = this.#due.next) {
      this.remove(link as WheelTimer)()
    }
  }
}
