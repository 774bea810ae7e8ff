import type { JobInsert, JobWithMetadata } from 'pg-boss'
import type { Claim, ClaimedJob, DeadJob, NewJob } from '../../ports/queue.ts'

/** What pg-boss keeps of a job: an object, which an input need not be. */
interface Kept {
  readonly input?: unknown
}

/** A job as pg-boss inserts it. */
export function insertOf({ id, input, startAt, priority, key }: NewJob): JobInsert<Kept> {
  return {
    id,
    data: { input },
    priority,
    ...(startAt === undefined ? {} : { startAfter: new Date(startAt).toISOString() }),
    ...(key === undefined ? {} : { singletonKey: key }),
  }
}

/** A claim as pg-boss settles it, which is then of no use to an attempt that has lost it. */
export function attemptOf({ id, retries }: Claim): { id: string; retryCount: number } {
  return { id, retryCount: retries }
}

/** Most important first, then oldest: a batch comes in no order. */
export function claimedJobs(found: readonly JobWithMetadata<Kept>[]): ClaimedJob[] {
  return found
    .toSorted((a, b) => b.priority - a.priority || a.createdOn.getTime() - b.createdOn.getTime())
    .map(({ id, retryCount: retries, sourceRootId, data }) => {
      return { id, retries, root: sourceRootId ?? id, input: data.input }
    })
}

export function deadJob(found: JobWithMetadata<Kept>): DeadJob {
  const { id, data, sourceOutput, sourceRetryCount, sourceCreatedOn, createdOn } = found
  return {
    id,
    input: data.input,
    reason: reasonIn(sourceOutput),
    attempts: (sourceRetryCount ?? 0) + 1,
    enqueuedAt: sourceCreatedOn ?? createdOn,
    diedAt: createdOn,
  }
}

/** pg-boss's own reasons, in the words of who reads them here. */
const REASONS: Readonly<Record<string, string>> = {
  'job heartbeat timeout': 'its instance was not heard of any more',
  'job timed out': 'it ran over its time and its instance did not end it',
}

/** pg-boss nests its own. */
function reasonIn(output: unknown): string {
  const { value, message } = (output ?? {}) as { readonly value?: unknown; readonly message?: unknown }
  if (value !== undefined) return reasonIn(value)
  return typeof message === 'string' ? (REASONS[message] ?? message) : 'no reason given'
}
