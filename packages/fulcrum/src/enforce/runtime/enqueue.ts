import { type Enqueuer, notEnqueued } from '../messaging/jobs/enqueuer.ts'
import type { CallScope } from './call-scope.ts'
import { requireDeclared } from './nested-call.ts'

/**
 * `CallScope.enqueue`. Rejects with FUL-3104 in queries, and where no module has a job. No asynchronous function: what it returns is known to be
 * looked after where a transaction does, and a promise around it would not be.
 */
export function enqueueWith(enqueuer: Enqueuer | undefined): CallScope['enqueue'] {
  return (call, what) => {
    try {
      if (call.scope.operation.kind === 'query') throw notEnqueued(what.job, 'a query never changes data')
      requireDeclared(call, what.job)
      if (enqueuer === undefined) throw notEnqueued(what.job, 'no loaded module has it as a job')
      return enqueuer.enqueueFrom(call, what)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}
