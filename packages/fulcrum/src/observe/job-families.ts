import type { QueueDepth } from '../ports/queue.ts'
import type { Family, Sample } from './prometheus-text.ts'

const STATES = ['waiting', 'delayed', 'running', 'dead'] as const
const OUTCOMES = ['done', 'failed', 'given back', 'lost'] as const

/** What waits anywhere, and what has become of the runs on this instance. */
export interface JobsState {
  readonly depths: readonly QueueDepth[]
  readonly counts: readonly ({ readonly job: string } & Readonly<Record<(typeof OUTCOMES)[number], number>>)[]
}

/** Jobs; none where the application has none. */
export function jobFamilies(state: JobsState | undefined): Family[] {
  if (state === undefined) return []
  const { depths, counts } = state
  return [
    {
      name: 'fulcrum_jobs',
      type: 'gauge',
      help: 'Jobs in their queues over all instances, by state, as of some seconds ago.',
      samples: depths.flatMap((depth) =>
        STATES.map((name): Sample => ['', { job: depth.queue, state: name }, depth[name]]),
      ),
    },
    {
      name: 'fulcrum_job_wait_seconds',
      type: 'gauge',
      help: 'For how long the next job of the queue has been waiting, as of some seconds ago.',
      samples: depths.map(({ queue, age }): Sample => ['', { job: queue }, age]),
    },
    {
      name: 'fulcrum_job_runs_total',
      type: 'counter',
      help: 'Runs of jobs on this instance, by what became of them.',
      samples: counts.flatMap((own) =>
        OUTCOMES.map((outcome): Sample => ['', { job: own.job, outcome }, own[outcome]]),
      ),
    },
  ]
}
