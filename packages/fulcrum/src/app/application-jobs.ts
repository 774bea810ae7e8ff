import type { EnqueueOptions } from '../declare/context.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { Enqueuer } from '../enforce/messaging/jobs/enqueuer.ts'
import { type JobTerms, jobTerms } from '../enforce/messaging/jobs/job-terms.ts'
import { Jobs, type JobsState, type RunnableJob } from '../enforce/messaging/jobs/jobs.ts'
import type { Runtime } from '../enforce/runtime/runtime.ts'
import type { Disposer } from '../kernel/disposal.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { Queue, QueueSettings } from '../ports/queue.ts'
import type { AppParts } from './app-parts.ts'
import type { Booted } from './boot.ts'
import type { AppConfig } from './config.ts'
import { type JobsOfApp, jobsOf } from './jobs.ts'
import type { HeldStore } from './store-option.ts'

export interface ApplicationJobsParts extends AppParts {
  readonly config: AppConfig
  readonly booted: Booted
}

/**
 * The jobs of an application: new → open (the queue is there) → composed → started → stopped. In an application without jobs each step does nothing.
 */
export class ApplicationJobs {
  readonly #parts: ApplicationJobsParts
  readonly #terms: readonly JobTerms[]
  #enqueuer: Enqueuer | undefined
  #jobs: Jobs | undefined

  constructor(parts: ApplicationJobsParts) {
    this.#parts = parts
    this.#terms = parts.booted.operations.flatMap(({ operation, plan }) => jobTerms(operation, plan) ?? [])
  }

  get enqueuer(): Enqueuer | undefined {
    return this.#enqueuer
  }

  get state(): JobsState | undefined {
    return this.#jobs?.state
  }

  get view(): JobsOfApp {
    return jobsOf(this.#open.queue)
  }

  async enqueue(job: AnyOperation, input: unknown, options?: EnqueueOptions): Promise<string> {
    return this.#open.enqueue({ job, input, options })
  }

  /**
   * Opens the queue, to be closed by the disposer.
   *
   * @throws FUL-1014 when pg-boss is not installed, FUL-1017 where its tables are not there and the application does not migrate by itself.
   */
  async open(held: HeldStore | undefined, disposer: Disposer): Promise<void> {
    if (this.#terms.length === 0) return
    const { clock, random, config } = this.#parts
    const queue = await this.#queueOf(held)
    disposer.use('job queue', () => queue.close())
    await queue.start(this.#settings, config.migrations !== 'manual')
    this.#enqueuer = new Enqueuer({ queue, clock, random, jobs: this.#terms })
  }

  /** Makes what the queue needs in the store, for whoever migrates. */
  async install(held: HeldStore): Promise<void> {
    if (this.#terms.length === 0) return
    const queue = await this.#queueOf(held)
    try {
      await queue.start(this.#settings, true)
    } finally {
      await queue.close()
    }
  }

  /** @throws FUL-1002 for a schedule that cannot be read. */
  compose(runtime: Runtime): void {
    const enqueuer = this.#enqueuer
    if (enqueuer === undefined) return
    const { config, ...parts } = this.#parts
    const jobs = this.#terms.flatMap((terms): RunnableJob[] => {
      const operation = runtime.find(terms.operation)
      return operation === undefined ? [] : [{ terms, operation }]
    })
    this.#jobs = new Jobs({ ...parts, queue: enqueuer.queue, enqueuer, jobs, run: config.jobs?.run ?? true })
  }

  /** Runs jobs, until the disposer closes them. */
  start(disposer: Disposer): void {
    const jobs = this.#jobs
    if (jobs === undefined) return
    disposer.use('jobs', () => jobs.close())
    jobs.start()
  }

  /** Claims no more; what runs goes on. */
  stop(): void {
    this.#jobs?.stop()
  }

  get #open(): Enqueuer {
    if (this.#enqueuer !== undefined) return this.#enqueuer
    const reason = this.#terms.length === 0 ? 'no module has a job' : 'the application is not running'
    throw fulcrumError('FUL-3012', { part: 'the job queue', reason })
  }

  get #settings(): QueueSettings[] {
    return this.#terms.map(({ settings }) => settings)
  }

  async #queueOf(held: HeldStore | undefined): Promise<Queue> {
    const { store, statements } = held ?? {}
    if (store === undefined || statements === undefined)
      throw fulcrumError('FUL-1017', { part: 'the job queue', reason: 'the store has no place for it' })
    const { clock, log } = this.#parts
    const { PgBossQueue } = await import('../adapters/pg-boss/queue.ts')
    return new PgBossQueue({ store, statements: statements(), clock, log })
  }
}
