import { type Growth, growingPause } from '../../../kernel/growing-pause.ts'
import type { Queue } from '../../../ports/queue.ts'
import { Loop, type LoopParts } from './loop.ts'
import type { Worker } from './worker.ts'

/** How long after the last job one looks for others of other instances. */
const PAUSE: Growth = { first: 20, longest: 1_000 }

export interface LookoutParts extends LoopParts {
  readonly queue: Queue
  readonly workers: ReadonlyMap<string, Worker>
}

/**
 * Looks for jobs, on behalf of all workers of an instance with one statement, and moves those of committed transactions into their queues. What this
 * instance enqueues wakes it; what others do, it sees after a pause that grows up to a second while there is nothing.
 *
 * An instance without workers only moves what it has committed itself.
 */
export class Lookout {
  readonly #parts: LookoutParts
  readonly #loop: Loop
  #mayMove = false
  #idle = 0

  constructor(parts: LookoutParts) {
    this.#parts = parts
    this.#loop = new Loop('the look-out for jobs', parts, () => this.#turn())
  }

  start(): void {
    this.#loop.start()
  }

  /** A transaction with jobs was committed here. */
  committed(): void {
    this.#mayMove = true
    this.#loop.wake()
  }

  /** Jobs are ready in this queue. */
  added(queue: string): void {
    this.#parts.workers.get(queue)?.wake()
  }

  close(): Promise<void> {
    return this.#loop.close()
  }

  async #turn(): Promise<number> {
    if (this.#mayMove) {
      this.#mayMove = false
      if (await this.#move()) return 0
    }
    return this.#look()
  }

  async #move(): Promise<boolean> {
    try {
      const moved = await this.#parts.queue.move()
      moved.forEach((queue) => this.added(queue))
      // There may be more than are moved at once.
      this.#mayMove = moved.length > 0
      return moved.length > 0
    } catch (error) {
      this.#mayMove = true
      throw error
    }
  }

  async #look(): Promise<number> {
    const { queue, workers, random } = this.#parts
    if (workers.size === 0) return PAUSE.longest
    const { ready, toMove } = await queue.outlook([...workers.keys()])
    ready.forEach((name) => this.added(name))
    this.#mayMove = toMove
    this.#idle = ready.length > 0 || toMove ? 0 : this.#idle + 1
    return growingPause(this.#idle, PAUSE, random)
  }
}
