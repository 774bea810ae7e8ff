import type { DeadJob, QueueDepth } from '../../ports/queue.ts'
import type { Page } from '../terminal.ts'
import { count, rows } from './prose.ts'

type View = Pick<Page, 'paint' | 'width'>

/** What is in the queues, one line for each. */
export function showDepths(depths: readonly QueueDepth[], { paint, width }: View): string[] {
  if (depths.length === 0) return ['No module has a job.']
  const pairs = depths.map((depth): [string, string] => [depth.queue, sentence(depth)])
  return rows(pairs, { width, indent: 0, label: (text) => paint('cyan', text) })
}

function sentence({ waiting, delayed, running, dead, age }: QueueDepth): string {
  const next = waiting === 0 ? '' : ` (the next one for ${Math.round(age)} s)`
  return `${waiting} waiting${next}, ${delayed} delayed, ${running} running, ${dead} dead`
}

/** Dead jobs, oldest first, with why. */
export function showDead(jobs: readonly DeadJob[], { paint, width }: View): string[] {
  if (jobs.length === 0) return ['No job of it is dead.']
  return jobs.flatMap(({ id, attempts, diedAt, reason, input }) => [
    `${paint('bold', id)}  ${diedAt.toISOString()}, after ${count(attempts, 'attempt')}`,
    ...rows(
      [
        ['reason', reason],
        ['input', JSON.stringify(input) ?? 'none'],
      ],
      { width, indent: 2 },
    ),
  ])
}
