import type { Queue, QueueDepth } from '../../../ports/queue.ts'
import type { CompiledOperation } from '../../runtime/runtime.ts'
import type { Enqueuer } from './enqueuer.ts'
import type { JobTerms } from './job-terms.ts'
import { Lookout } from './lookout.ts'
import { Loop, type LoopParts } from './loop.ts'
import { Timetable } from './timetable.ts'
import { Worker, type WorkerCounts } from './worker.ts'

/** How often the queue is told of what runs: several times before it loses patience. */
const KEPT_PER_PATIENCE = 3
const MAINTENANCE_MS = 10_000

/** A job with what runs it. */
export interface RunnableJob {
  readonly terms: JobTerms
  readonly operation: CompiledOperation
}

export interface JobsParts extends LoopParts {
  readonly queue: Queue
  readonly enqueuer: Enqueuer
  readonly jobs: readonly RunnableJob[]
  /** `false`: this instance enqueues, and leaves running to others. */
  readonly run: boolean
}

/** What has been done here, and what waits anywhere. */
export interface JobsState {
  readonly depths: readonly QueueDepth[]
  readonly counts: readonly (WorkerCounts & { readonly job: string })[]
}

/**
 * The jobs of an instance: workers, what wakes them, schedules and maintenance. new → running → stopped (claims no more) → closed.
 *
 * All of its pauses are on the injected clock.
 */
export class Jobs {
  readonly #parts: JobsParts
  readonly #workers: ReadonlyMap<string, Worker>
  readonly #lookout: Lookout
  readonly #timetables: readonly Timetable[]
  readonly #loops: readonly Loop[]
  #depths: readonly QueueDepth[] = []

  /** @throws FUL-1002 for a schedule that cannot be read. */
  constructor(parts: JobsParts) {
    this.#parts = parts
    const { queue, run } = parts
    const jobs = run ? parts.jobs : []
    this.#workers = new Map(
      jobs.map(({ terms, operation }) => [terms.name, workerOf({ terms, operation }, parts)]),
    )
    this.#lookout = new Lookout({ ...parts, workers: this.#workers })
    this.#timetables = jobs.flatMap(({ terms }) => this.#timetable(terms))
    const keep = new Loop('keeping jobs', parts, () => this.#keep(queue.patience / KEPT_PER_PATIENCE))
    this.#loops = run ? [keep, new Loop('the maintenance of jobs', parts, () => this.#maintain())] : []
  }

  get state(): JobsState {
    const counts = Array.from(this.#workers.values(), ({ name, counts: own }) => ({ job: name, ...own }))
    return { depths: this.#depths, counts }
  }

  start(): void {
    this.#parts.enqueuer.listen(this.#lookout)
    this.#lookout.start()
    for (const part of [...this.#timetables, ...this.#loops]) part.start()
  }

  /** Claims no more; what runs goes on. */
  stop(): void {
    for (const worker of this.#workers.values()) worker.stop()
  }

  /** Gives back what still runs. What was committed with a transaction and has not been moved is for others, or for the next start. */
  async close(): Promise<void> {
    this.stop()
    await Promise.all([this.#lookout.close(), ...this.#timetables.map((one) => one.close())])
    await Promise.all(Array.from(this.#workers.values(), (worker) => worker.close()))
    await Promise.all(this.#loops.map((loop) => loop.close()))
  }

  #timetable(terms: JobTerms): Timetable[] {
    const { schedule } = terms.stage
    if (schedule === undefined) return []
    return [new Timetable({ ...this.#parts, terms, schedule, added: (queue) => this.#lookout.added(queue) })]
  }

  async #keep(pause: number): Promise<number> {
    await Promise.all(Array.from(this.#workers.values(), (worker) => worker.keep()))
    return pause
  }

  async #maintain(): Promise<number> {
    const { queue, random } = this.#parts
    await queue.maintain()
    this.#depths = await queue.depths()
    // Instances that started together do not stay together.
    return MAINTENANCE_MS * (0.8 + 0.4 * random.next())
  }
}

function workerOf({ terms, operation }: RunnableJob, parts: JobsParts): Worker {
  return new Worker({ ...parts, operation, concurrency: terms.stage.concurrency })
}
