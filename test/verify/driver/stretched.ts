import { setTimeout as sleep } from 'node:timers/promises'
import type { Span } from '../faults/fault.ts'

/** How much longer than planned phases may last, all together. */
export class Patience {
  /** Milliseconds. */
  left: number

  constructor(ms: number) {
    this.left = ms
  }
}

interface Terms {
  readonly isEnough: () => boolean
  readonly patience: Patience
  /** Called when its time is up. */
  readonly calm: () => void
}

/** The span of a phase: its time, and then until it is enough, or patience is at an end. */
export class Stretched implements Span, Disposable {
  readonly ms: number
  readonly #end: number
  readonly #terms: Terms
  readonly #calm: NodeJS.Timeout

  constructor(ms: number, terms: Terms) {
    this.ms = ms
    this.#end = performance.now() + ms
    this.#terms = terms
    this.#calm = setTimeout(terms.calm, ms)
  }

  get isOver(): boolean {
    const late = performance.now() - this.#end
    if (late < 0) return false
    return late >= this.#terms.patience.left || this.#terms.isEnough()
  }

  async over(): Promise<void> {
    while (!this.isOver) await sleep(20)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#calm)
    this.#terms.patience.left -= Math.max(0, performance.now() - this.#end)
  }
}
