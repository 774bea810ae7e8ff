import type { PgBoss, QueueResult } from 'pg-boss'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { QueueSettings } from '../../ports/queue.ts'
import { DEAD_OPTIONS, policyOf, queueOptions } from './queue-options.ts'
import { deadOf } from './schema.ts'

/**
 * Sees to it that each queue is there, with its dead letters, and as its contract says now; jobs that wait already keep the terms that they were enqueued
 * with.
 *
 * @throws FUL-3101 where a queue was made for another rule about keys, which cannot be changed.
 */
export async function setUpQueues(boss: PgBoss, queues: readonly QueueSettings[]): Promise<void> {
  const found = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  for (const settings of queues) {
    const dead = deadOf(settings.name)
    if (!found.has(dead)) await boss.createQueue(dead, DEAD_OPTIONS)
    await setUp(boss, settings, found.get(settings.name))
  }
}

async function setUp(boss: PgBoss, settings: QueueSettings, found: QueueResult | undefined): Promise<void> {
  const options = queueOptions(settings)
  const policy = policyOf(settings)
  if (found === undefined) return boss.createQueue(settings.name, { ...options, policy })
  if (found.policy !== policy)
    throw fulcrumError(
      'FUL-3101',
      { found: String(found.policy), wanted: policy },
      { operation: settings.name },
    )
  if (differs(options, found)) await boss.updateQueue(settings.name, options)
}

function differs(options: object, found: QueueResult): boolean {
  const known = found as unknown as Readonly<Record<string, unknown>>
  return Object.entries(options).some(([name, value]) => known[name] !== value)
}
