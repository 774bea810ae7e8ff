import type { PgBoss } from 'pg-boss'
import type { StatementRunner } from '../../declare/db.ts'
import type { Schedule } from '../../declare/schedule.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import type {
  Claim,
  ClaimedJob,
  DeadJob,
  NewJob,
  Outlook,
  Page,
  Queue,
  QueueDepth,
  QueueSettings,
} from '../../ports/queue.ts'
import type { TransactionRunner } from '../../ports/store.ts'
import { type BossParts, openBoss, type Statement } from './boss.ts'
import { depthsOf } from './depths.ts'
import { attemptOf, claimedJobs, deadJob, insertOf } from './jobs.ts'
import { moveEnqueued } from './moving.ts'
import { SILENCE_S } from './queue-options.ts'
import { deadOf } from './schema.ts'
import { setUpQueues } from './set-up.ts'
import { FORGET_APPLIED, NOTE_APPLIED, WAS_APPLIED } from './sql/applied.ts'
import { ADD_ENQUEUED } from './sql/enqueued.ts'
import { AGES, GIVE_BACK, OUTLOOK, UNBLOCK } from './sql/jobs.ts'

const FORGOTTEN_AT_ONCE = 1_000
const REVIVED_AT_ONCE = 1_000

/**
 * Queues of pg-boss, in the store's own database. closed → open → closed.
 *
 * pg-boss is asked for what it does in one statement (insert, fetch, complete, fail, touch, redrive) and for its maintenance, and nothing else runs in
 * it: when to look for jobs, how many run and until when is decided outside, on the injected clock. Its `send` is not used in transactions, which it makes
 * several times as expensive: jobs of a transaction are written in the message of its COMMIT, and moved afterwards in bulk.
 */
export class PgBossQueue implements Queue {
  readonly patience: number = SILENCE_S * 1000
  readonly #parts: BossParts
  #boss: PgBoss | undefined
  #settings: readonly QueueSettings[] = []
  #ordered: readonly string[] = []

  constructor(parts: BossParts) {
    this.#parts = parts
  }

  async start(queues: readonly QueueSettings[], install: boolean): Promise<void> {
    this.#settings = queues
    this.#ordered = queues.filter(({ keys }) => keys === 'in order').map(({ name }) => name)
    this.#boss = await openBoss(this.#parts, install)
    await setUpQueues(this.#boss, queues)
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    for (const [queue, own] of Map.groupBy(jobs, (job) => job.queue))
      await this.#open.insert(queue, own.map(insertOf))
  }

  addWith(tx: TransactionRunner, jobs: readonly NewJob[]): void {
    const rows = jobs.map(({ id, queue, input, startAt, priority, key }) => {
      const startsAt = startAt === undefined ? null : new Date(startAt).toISOString()
      return { id, queue, input, start_at: startsAt, priority, key: key ?? null }
    })
    tx.withCommit(ADD_ENQUEUED, [JSON.stringify(rows)])
  }

  move(): Promise<readonly string[]> {
    const { store, clock } = this.#parts
    return moveEnqueued({ boss: this.#open, store, clock, queues: this.#names, ordered: this.#ordered })
  }

  async outlook(queues: readonly string[]): Promise<Outlook> {
    const rows = await this.#rows([OUTLOOK, [queues]])
    return {
      ready: rows.flatMap(({ ready }) => (typeof ready === 'string' ? [ready] : [])),
      toMove: rows.some(({ to_move: toMove }) => toMove === true),
    }
  }

  async claim(queue: string, most: number): Promise<readonly ClaimedJob[]> {
    return claimedJobs(await this.#open.fetch(queue, { batchSize: most, includeMetadata: true }))
  }

  async complete(queue: string, claims: readonly Claim[]): Promise<void> {
    await this.#open.complete(queue, claims.map(attemptOf))
  }

  async fail(queue: string, claim: Claim, reason: string): Promise<void> {
    await this.#open.fail(queue, [attemptOf(claim)], { message: reason })
    if (this.#ordered.includes(queue)) await this.#rows([UNBLOCK, [[queue]]])
  }

  async giveBack(queue: string, claims: readonly Claim[]): Promise<void> {
    await this.#rows([GIVE_BACK, [queue, claims.map(({ id, retries }) => `${id}:${retries}`)]])
  }

  async keep(queue: string, claims: readonly Claim[]): Promise<readonly Claim[]> {
    const { settled } = (await this.#open.touch(queue, claims.map(attemptOf))) as {
      readonly settled?: string[]
    }
    const kept = new Set(settled)
    return claims.filter(({ id }) => !kept.has(id))
  }

  noteApplied(tx: TransactionRunner, queue: string, job: string): void {
    tx.withCommit(NOTE_APPLIED, [job, queue])
  }

  async wasApplied(runner: StatementRunner, job: string): Promise<boolean> {
    return (await runner.run(WAS_APPLIED, [job])).rowCount > 0
  }

  async maintain(): Promise<void> {
    await this.#open.supervise()
    if (this.#ordered.length > 0) await this.#rows([UNBLOCK, [this.#ordered]])
    await this.#rows([FORGET_APPLIED, [FORGOTTEN_AT_ONCE]])
  }

  async depths(): Promise<readonly QueueDepth[]> {
    const rows = await this.#rows([AGES, [this.#names]])
    const ages = new Map(rows.map(({ name, age }) => [String(name), Number(age)]))
    return depthsOf(await this.#open.getQueues(), ages)
  }

  async dead(queue: string, { limit, after }: Page): Promise<readonly DeadJob[]> {
    const page = after === undefined ? { limit } : { limit, after }
    return (await this.#open.findJobs<{ input?: unknown }>(deadOf(queue), page)).map(deadJob)
  }

  async revive(queue: string, ids?: readonly string[]): Promise<number> {
    const options = { limit: REVIVED_AT_ONCE, ...(ids === undefined ? {} : { ids: [...ids] }) }
    for (let revived = 0; ;) {
      const moved = await this.#open.redrive(deadOf(queue), options)
      revived += moved
      if (moved < REVIVED_AT_ONCE) return revived
    }
  }

  occurrences({ cron, timeZone: tz }: Schedule, from: number, most: number): readonly number[] {
    try {
      const times = this.#open.previewSchedule(cron, { tz, from: new Date(from), count: most })
      return times.map((time) => time.getTime())
    } catch (cause) {
      const params = {
        field: 'schedule',
        found: show(cron),
        allowed: 'a cron expression that has a next time',
      }
      throw fulcrumError('FUL-1002', params, { cause })
    }
  }

  async close(): Promise<void> {
    await this.#boss?.stop({ graceful: false })
    await this.#parts.statements.close()
  }

  get #open(): PgBoss {
    if (this.#boss === undefined) throw new Error('the queue has not been started')
    return this.#boss
  }

  get #names(): readonly string[] {
    return this.#settings.map(({ name }) => name)
  }

  async #rows([text, values]: Statement): Promise<readonly Record<string, unknown>[]> {
    const answer = await this.#parts.statements.execute(text, values)
    return Array.isArray(answer) ? answer.flatMap(({ rows }) => rows) : answer.rows
  }
}
