import { setTimeout as sleep } from 'node:timers/promises'

/** How the load is from one moment to the next. */
interface Stretch {
  readonly ms: number
  /** So many clients work; the others wait. */
  readonly clients: number
  /** Whether anything is written. */
  readonly writes: boolean
}

/** Bursts, few clients, a primary that stands still while it is read, and nothing at all. */
const STRETCHES: readonly Stretch[] = [
  { ms: 1_500, clients: Infinity, writes: true },
  { ms: 500, clients: 6, writes: true },
  { ms: 400, clients: 12, writes: false },
  { ms: 700, clients: Infinity, writes: true },
  { ms: 250, clients: 0, writes: false },
  { ms: 600, clients: 24, writes: true },
]

/** Few enough to be answered at once, on any machine. */
const CALM: Stretch = { ms: Infinity, clients: 6, writes: true }

export class Pace {
  readonly #startedAt = performance.now()
  #isCalm = false
  #hasEnded = false

  /** Waits until it is the client's turn, or until nobody works any more. */
  async turn(client: number): Promise<void> {
    while (!this.#hasEnded && client >= this.#now.clients) await sleep(10)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get mayWrite(): boolean {
    return this.#now.writes
  }

  /** Few clients from now on, for what is lacking only. */
  calm(): void {
    this.#isCalm = true
  }

  get isCalm(): boolean {
    return this.#isCalm
  }

  end(): void {
    this.#hasEnded = true
  }

  get #now(): Stretch {
    if (this.#isCalm) return CALM
    const all = STRETCHES.reduce((sum, { ms }) => sum + ms, 0)
    let at = (performance.now() - this.#startedAt) % all
    for (const stretch of STRETCHES) {
      if (at < stretch.ms) return stretch
      at -= stretch.ms
    }
    return STRETCHES[0] as Stretch
  }
}
