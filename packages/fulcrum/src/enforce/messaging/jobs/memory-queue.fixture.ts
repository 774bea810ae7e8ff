import type { Clock } from '../../../kernel/clock.ts'
import type { Claim, ClaimedJob, DeadJob, NewJob, Outlook, Queue, QueueDepth } from '../../../ports/queue.ts'
import type { TransactionRunner } from '../../../ports/store.ts'

interface Kept extends NewJob {
  state: 'waiting' | 'running' | 'done' | 'failed'
  retries: number
}

/** A queue in memory, on a clock: every call takes a millisecond, and can be made to fail. */
export class MemoryQueue implements Queue {
  readonly patience = 15_000
  readonly jobs: Map<string, Kept> = new Map()
  readonly calls: string[] = []
  readonly committed: NewJob[] = []
  /** What the next calls of that name fail with. */
  readonly failures: Map<string, Error> = new Map()
  /** Times at which schedules are due. */
  times: readonly number[] = []
  readonly applied: Set<string> = new Set()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async start(): Promise<void> {}

  async add(jobs: readonly NewJob[]): Promise<void> {
    await this.#called('add', jobs.length)
    for (const job of jobs)
      if (!this.jobs.has(job.id)) this.jobs.set(job.id, { ...job, state: 'waiting', retries: 0 })
  }

  addWith(_tx: TransactionRunner, jobs: readonly NewJob[]): void {
    this.committed.push(...jobs)
  }

  async move(): Promise<readonly string[]> {
    await this.#called('move', this.committed.length)
    const moved = this.committed.splice(0)
    for (const job of moved) this.jobs.set(job.id, { ...job, state: 'waiting', retries: 0 })
    return [...new Set(moved.map(({ queue }) => queue))]
  }

  async outlook(queues: readonly string[]): Promise<Outlook> {
    await this.#called('outlook')
    const waiting = [...this.jobs.values()].filter(({ state }) => state === 'waiting')
    const ready = queues.filter((name) => waiting.some(({ queue }) => queue === name))
    return { ready, toMove: this.committed.length > 0 }
  }

  async claim(queue: string, most: number): Promise<readonly ClaimedJob[]> {
    await this.#called('claim', most)
    const found = [...this.jobs.values()].filter((job) => job.queue === queue && job.state === 'waiting')
    return found.slice(0, most).map((job) => {
      job.state = 'running'
      return { id: job.id, root: job.id, retries: job.retries, input: job.input }
    })
  }

  async complete(_queue: string, claims: readonly Claim[]): Promise<void> {
    await this.#called('complete', claims.length)
    for (const { id } of claims) this.#settle(id, 'done')
  }

  async fail(_queue: string, { id }: Claim, reason: string): Promise<void> {
    await this.#called(`fail ${reason}`)
    this.#settle(id, 'failed')
  }

  async giveBack(_queue: string, claims: readonly Claim[]): Promise<void> {
    await this.#called('give back', claims.length)
    for (const { id } of claims) this.#settle(id, 'waiting')
  }

  async keep(_queue: string, claims: readonly Claim[]): Promise<readonly Claim[]> {
    await this.#called('keep', claims.length)
    return claims.filter(({ id }) => this.jobs.get(id)?.state !== 'running')
  }

  noteApplied(_tx: TransactionRunner, _queue: string, job: string): void {
    this.applied.add(job)
  }

  async wasApplied(_runner: unknown, job: string): Promise<boolean> {
    return this.applied.has(job)
  }

  async maintain(): Promise<void> {
    await this.#called('maintain')
  }

  async depths(): Promise<readonly QueueDepth[]> {
    return []
  }

  async dead(): Promise<readonly DeadJob[]> {
    return []
  }

  async revive(): Promise<number> {
    return 0
  }

  occurrences(_schedule: unknown, from: number, most: number): readonly number[] {
    return this.times.filter((time) => time > from).slice(0, most)
  }

  async close(): Promise<void> {}

  states(): readonly string[] {
    return Array.from(this.jobs.values(), ({ state }) => state)
  }

  #settle(id: string, state: Kept['state']): void {
    const job = this.jobs.get(id)
    if (job !== undefined) job.state = state
  }

  async #called(name: string, count?: number): Promise<void> {
    this.calls.push(count === undefined ? name : `${name} ${count}`)
    await this.#clock.sleep(1)
    const failure = this.failures.get(name)
    this.failures.delete(name)
    if (failure !== undefined) throw failure
  }
}
