import { type Enqueuer, notEnqueued } from '../messaging/jobs/enqueuer.ts'
import type { CallScope } from './call-scope.ts'

/** `CallScope.enqueue`. @throws FUL-3104 from queries, and where no module has a job. */
export function enqueueWith(enqueuer: Enqueuer | undefined): CallScope['enqueue'] {
  return async (call, what) => {
    if (call.scope.operation.kind === 'query') throw notEnqueued(what.job, 'a query never changes data')
    if (enqueuer === undefined) throw notEnqueued(what.job, 'no loaded module has it as a job')
    return enqueuer.enqueueFrom(call, what)
  }
}
