import type { AnyOperation } from '../../../declare/operation.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { Random } from '../../../kernel/random.ts'
import type { NewJob, Queue } from '../../../ports/queue.ts'
import type { TransactionRunner } from '../../../ports/store.ts'
import type { Call } from '../../runtime/call.ts'
import { nestedFailure } from '../../runtime/nested-call.ts'
import { Batcher } from '../../batcher.ts'
import { startOf } from './enqueue-options.ts'
import type { JobTerms } from './job-terms.ts'
import { keptInput } from './kept-input.ts'
import type { ToEnqueue } from './to-enqueue.ts'

const MOST_AT_ONCE = 1_000

export interface EnqueuerParts {
  readonly queue: Queue
  readonly clock: Clock
  readonly random: Random
  readonly jobs: readonly JobTerms[]
}

/** Who wants to know at once of what was enqueued on this instance. */
export interface Enqueued {
  /** A transaction with jobs was committed. */
  committed(): void
  /** Jobs were added to a queue. */
  added(queue: string): void
}

/**
 * The way of a job into its queue. In a transaction it is written in the message of the COMMIT and moved into its queue afterwards; without one it is
 * added at once, together with what others enqueue at the same moment.
 */
export class Enqueuer {
  readonly #parts: EnqueuerParts
  readonly #jobs: ReadonlyMap<string, JobTerms>
  readonly #adding: Batcher<NewJob>
  #listener: Enqueued | undefined

  constructor(parts: EnqueuerParts) {
    this.#parts = parts
    this.#jobs = new Map(parts.jobs.map((job) => [job.name, job]))
    this.#adding = new Batcher((jobs) => parts.queue.add(jobs), MOST_AT_ONCE)
  }

  get queue(): Queue {
    return this.#parts.queue
  }

  listen(listener: Enqueued): void {
    this.#listener = listener
  }

  /** From outside of any operation. Resolves with the job's id when the job is durable. @throws FUL-2001, FUL-1002, FUL-3104 */
  async enqueue(what: ToEnqueue): Promise<string> {
    return this.#add(await this.#job(what))
  }

  /** From a handler: with the transaction that its call runs in, where there is one. @throws FUL-3012 when that is over. */
  enqueueFrom(call: Call, what: ToEnqueue): Promise<string> {
    const job = this.#jobFrom(call, what)
    // A transaction waits for it and fails with it, whether or not the handler does.
    job.catch(ignore)
    if (!call.enqueue(job)) return job.then((made) => this.#add(made))
    const id = job.then((made) => made.id)
    id.catch(ignore)
    return id
  }

  /** Writes with a transaction what was enqueued in it. */
  async write(tx: TransactionRunner, queued: readonly Promise<NewJob>[]): Promise<void> {
    this.#parts.queue.addWith(tx, await Promise.all(queued))
  }

  committed(): void {
    this.#listener?.committed()
  }

  async #add(job: NewJob): Promise<string> {
    await this.#adding.add(job)
    if (job.startAt === undefined) this.#listener?.added(job.queue)
    return job.id
  }

  async #jobFrom(call: Call, what: ToEnqueue): Promise<NewJob> {
    try {
      return await this.#job(what)
    } catch (error) {
      throw nestedFailure(call, what.job, error)
    }
  }

  async #job({ job, input, options = {} }: ToEnqueue): Promise<NewJob> {
    const { name: queue } = job
    const terms = this.#jobs.get(queue)
    if (terms === undefined) throw notEnqueued(job, 'no loaded module has it as a job')
    const kept = keptInput(input, queue)
    const key = terms.keyOf(await terms.check(kept))
    const { clock, random } = this.#parts
    const { priority = terms.stage.priority } = options
    const startAt = startOf(options, clock, queue)
    return { id: random.uuid(), queue, input: kept, startAt, priority, key }
  }
}

export function notEnqueued({ name }: AnyOperation, reason: string): Error {
  return fulcrumError('FUL-3104', { job: name, reason })
}

function ignore(): void {}
