import type { PgBoss } from 'pg-boss'
import type { Clock } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import type { NewJob } from '../../ports/queue.ts'
import { ALONE, ownFacts } from '../../ports/own-work.ts'
import type { Store, TransactionRunner } from '../../ports/store.ts'
import { insertOf } from './jobs.ts'
import { TAKE_ENQUEUED } from './sql/enqueued.ts'

const MOST = 1_000
const LIMIT_MS = 30_000

interface EnqueuedRow {
  readonly id: string
  readonly queue: string
  readonly input: unknown
  readonly start_at: Date | null
  readonly priority: number
  readonly key: string | null
}

export interface Moving {
  readonly boss: PgBoss
  readonly store: Store
  readonly clock: Clock
  readonly queues: readonly string[]
  /** Those whose jobs run in order. */
  readonly ordered: readonly string[]
}

/**
 * Moves jobs of committed transactions into their queues: taken and inserted in one transaction, so that none is lost and none is there twice. One
 * instance at a time. Resolves with the queues that got some.
 */
export async function moveEnqueued(moving: Moving): Promise<readonly string[]> {
  using deadline = Deadline.after(moving.clock, LIMIT_MS)
  const { value } = await moving.store.transaction(ALONE, ownFacts('fulcrum.jobs', deadline), (tx) =>
    move(tx, moving),
  )
  return value
}

async function move(tx: TransactionRunner, { boss, queues, ordered }: Moving): Promise<string[]> {
  const { rows } = await tx.run<EnqueuedRow>(TAKE_ENQUEUED, [queues, MOST, ordered])
  const byQueue = Map.groupBy(rows, ({ queue }) => queue)
  const executeSql = (text: string, values: readonly unknown[] = []): Promise<{ rows: unknown[] }> =>
    tx.run(text, values)
  for (const [queue, own] of byQueue)
    await boss.insert(
      queue,
      own.map((row) => insertOf(jobOf(row))),
      { db: { executeSql } },
    )
  return [...byQueue.keys()]
}

function jobOf({ id, queue, input, start_at: startAt, priority, key }: EnqueuedRow): NewJob {
  return { id, queue, input, startAt: startAt?.getTime(), priority, key: key ?? undefined }
}
