import type { Clock } from '../../../kernel/clock.ts'
import { growingPause } from '../../../kernel/growing-pause.ts'
import type { Claim, ClaimedJob, Queue } from '../../../ports/queue.ts'
import type { CompiledOperation } from '../../runtime/runtime.ts'
import { Batcher } from '../../batcher.ts'
import { JobRun, type RunOutcome } from './job-run.ts'
import type { LoopParts } from './loop.ts'

const MOST_AT_ONCE = 1_000
const SETTLE_AGAIN = { first: 100, longest: 2_000 }
/** After that the claim has ended, and another instance finds out what became of the job. */
const SETTLE_ATTEMPTS = 12

export interface WorkerParts extends LoopParts {
  readonly queue: Queue
  readonly operation: CompiledOperation
  readonly concurrency: number
}

/** What has become of the runs on this instance. */
export interface WorkerCounts {
  readonly done: number
  readonly failed: number
  readonly 'given back': number
  readonly lost: number
}

/**
 * Runs the jobs of one queue, so many at once. open → closing (claims no more) → closed.
 *
 * It claims as many as it has room for, whenever it is woken or has got as many as it asked for and has room again; so claims come in batches under load,
 * and no claimed job waits behind another one. Runs that are over are settled together with others; until then their claims are kept.
 */
export class Worker {
  readonly name: string
  readonly counts: Record<RunOutcome['kind'], number> = { done: 0, failed: 0, 'given back': 0, lost: 0 }
  readonly #parts: WorkerParts
  readonly #held = new Map<string, JobRun>()
  readonly #completing: Batcher<Claim>
  readonly #settling = new Set<Promise<void>>()
  #running = 0
  #isOpen = true
  #mayHaveMore = false
  #claiming: Promise<void> | undefined

  constructor(parts: WorkerParts) {
    this.#parts = parts
    this.name = parts.operation.operation.name
    this.#completing = new Batcher((claims) => parts.queue.complete(this.name, claims), MOST_AT_ONCE)
  }

  /** There may be jobs. */
  wake(): void {
    this.#mayHaveMore = true
    this.#claiming ??= this.#claim().finally(() => (this.#claiming = undefined))
  }

  /** Tells the queue of what is being worked on, and ends what is somebody else's by now. */
  async keep(): Promise<void> {
    const runs = [...this.#held.values()]
    if (runs.length === 0) return
    const { queue, clock } = this.#parts
    const now = clock.now()
    try {
      const claims = runs.map(({ claim }) => claim)
      const lost = new Set((await queue.keep(this.name, claims)).map(({ id }) => id))
      for (const run of runs)
        if (lost.has(run.claim.id)) run.end('lost')
        else run.keptAt = now
    } finally {
      this.#endForgotten(runs, clock)
    }
  }

  /** Claims no more. */
  stop(): void {
    this.#isOpen = false
  }

  /** Gives back what still runs, and resolves when everything is settled. */
  async close(): Promise<void> {
    this.stop()
    await this.#claiming
    for (const run of this.#held.values()) run.end('given back')
    while (this.#settling.size > 0) await Promise.all(this.#settling)
  }

  async #claim(): Promise<void> {
    const { queue, concurrency, clock, log } = this.#parts
    try {
      while (this.#isOpen && this.#mayHaveMore && this.#running < concurrency) {
        const room = concurrency - this.#running
        this.#mayHaveMore = false
        const jobs = await queue.claim(this.name, room)
        if (jobs.length === room) this.#mayHaveMore = true
        for (const job of jobs) this.#start(job, clock)
      }
    } catch (error) {
      // Whoever looks for jobs will wake it again.
      log(`${this.name}: no jobs could be claimed: ${String(error)}`)
    }
  }

  #start(job: ClaimedJob, clock: Clock): void {
    const run = new JobRun(this.#parts.operation, job, clock.now())
    this.#running += 1
    this.#held.set(job.id, run)
    if (!this.#isOpen) run.end('given back')
    const settled: Promise<void> = this.#conclude(run).finally(() => this.#settling.delete(settled))
    this.#settling.add(settled)
  }

  async #conclude(run: JobRun): Promise<void> {
    const outcome = await run.outcome
    this.#running -= 1
    this.counts[outcome.kind] += 1
    if (this.#mayHaveMore) this.wake()
    await this.#settle(run.claim, outcome)
    this.#held.delete(run.claim.id)
  }

  /** Until the database has taken it, or the claim has ended anyway. */
  async #settle(claim: ClaimedJob, outcome: RunOutcome): Promise<void> {
    const { clock, random, log } = this.#parts
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#tell(claim, outcome)
      } catch (error) {
        if (failures + 1 < SETTLE_ATTEMPTS) await clock.sleep(growingPause(failures, SETTLE_AGAIN, random))
        else
          return log(
            `${this.name}: job ${claim.root} is ${outcome.kind}, which could not be told: ${String(error)}`,
          )
      }
    }
  }

  async #tell(claim: ClaimedJob, outcome: RunOutcome): Promise<void> {
    const { queue } = this.#parts
    if (outcome.kind === 'done') return this.#completing.add(claim)
    if (outcome.kind === 'failed') return queue.fail(this.name, claim, outcome.reason)
    if (outcome.kind === 'given back') return queue.giveBack(this.name, [claim])
  }

  /** What the queue has not heard of for so long may be with another instance. */
  #endForgotten(runs: readonly JobRun[], clock: Clock): void {
    const since = clock.now() - this.#parts.queue.patience
    for (const run of runs) if (run.keptAt < since) run.end('lost')
  }
}
