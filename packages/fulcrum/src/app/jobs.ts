import type { JobSignature } from '../declare/operation.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'
import type { DeadJob, Queue, QueueDepth } from '../ports/queue.ts'

/** Which dead jobs: oldest first. */
export interface DeadPage {
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  /** The id of the last one of the page before. */
  readonly after?: string
}

/** What can be seen of jobs and done about them from outside. */
export interface JobsOfApp {
  /** What is in the queues, as it was counted a few seconds ago by some instance. */
  depths(): Promise<readonly QueueDepth[]>
  /** Jobs that have failed for good, and why. They are kept for 90 days. */
  dead(job: JobSignature, page?: DeadPage): Promise<readonly DeadJob[]>
  /** Takes dead jobs back into their queue, with all their attempts: those with these ids, default all. How many that were. */
  revive(job: JobSignature, ids?: readonly string[]): Promise<number>
}

const PAGE = 100
const LARGEST_PAGE = 1_000

/** `App.jobs` on a queue. */
export function jobsOf(queue: Queue): JobsOfApp {
  return {
    depths: () => queue.depths(),
    dead: async ({ name }, { limit = PAGE, after } = {}) =>
      queue.dead(name, { limit: checkLimit(limit), after }),
    revive: ({ name }, ids) => queue.revive(name, ids),
  }
}

function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE) return limit
  const allowed = `a whole number from 1 to ${LARGEST_PAGE}`
  throw fulcrumError('FUL-1002', { field: 'page.limit', found: show(limit), allowed })
}
