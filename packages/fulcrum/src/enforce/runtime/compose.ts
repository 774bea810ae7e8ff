import { isDelivered } from '../../declare/delivered.ts'
import { type Plan, type Stage, stageOf } from '../../plan/plan.ts'
import { batchForm } from '../batch/batch-form.ts'
import { batch } from '../batch/stage-batch.ts'
import { rowsForm } from '../imports/rows-form.ts'
import type { Call } from './call.ts'
import type { Run, StageParts } from './stage.ts'
import { notingChanges } from './noting-changes.ts'
import { applyOnce } from './stage-apply-once.ts'
import { fill } from './stage-fill.ts'
import { imports } from './stage-import.ts'
import { idempotency } from './stage-idempotency.ts'
import { gather } from './stage-gather.ts'
import { invalidate } from './stage-invalidate.ts'
import { label } from './stage-label.ts'
import { localCache } from './stage-local-cache.ts'
import { precondition } from './stage-precondition.ts'
import { projection } from './stage-projection.ts'
import { record } from './stage-record.ts'
import { remote } from './stage-remote.ts'
import { retry } from './stage-retry.ts'
import { route } from './stage-route.ts'
import { run } from './stage-run.ts'
import { session } from './stage-session.ts'
import { sharedCache } from './stage-shared-cache.ts'
import { singleFlight } from './stage-single-flight.ts'
import { statements } from './stage-statements.ts'
import { steps } from './stage-steps.ts'
import { transaction } from './stage-transaction.ts'
import { version } from './stage-version.ts'

/** Composes a plan into one function, innermost stage first. */
export function compose(plan: Plan, parts: StageParts): Run {
  const innermost = innermostOf(plan, parts)
  return plan.stages.reduceRight<Run>((next, stage) => wrapStage(stage, next, parts), innermost)
}

function innermostOf(plan: Plan, parts: StageParts): Run {
  const { operation } = parts
  const elsewhere = stageOf(plan, 'remote')
  if (elsewhere !== undefined) return remote(elsewhere, parts)
  if (isDelivered(operation)) return deliveries
  if (stageOf(plan, 'import')) return rowsForm(operation)
  return stageOf(plan, 'batch') ? batchForm(operation) : notingChanges(operation, run)
}

/** What is run in the transaction of a subscriber is not one call of its handler, but as many as there are events: the input says which. */
const deliveries: Run = async (call, deliver) => {
  const output = await (deliver as (call: Call) => Promise<unknown>)(call)
  call.finished = true
  return output
}

/**
 * The first ones are nothing by themselves. How a job waits is its queue's business. The budget of a call is set when it begins; the stages that wait for
 * something watch it. The transaction writes events, with those of commands that run inside it; what delivers them looks at the subscription.
 */
function wrapStage(stage: Stage, next: Run, parts: StageParts): Run {
  switch (stage.stage) {
    case 'deadline':
    case 'job':
    case 'remote':
    case 'run':
    case 'outbox':
    case 'subscription':
      return next
    case 'precondition':
      return precondition(stage, next, parts)
    case 'batch':
      return batch(stage, next, parts)
    case 'invalidate':
      return invalidate(stage, next, parts)
    case 'idempotency':
      return idempotency(stage, next, parts)
    case 'record':
      return record(stage, next, parts)
    case 'retry':
      return retry(stage, next, parts)
    case 'transaction':
      return transaction(stage, next, parts)
    case 'apply once':
      return applyOnce(stage, next, parts)
    case 'import':
      return imports(stage, next, parts)
    case 'steps':
      return steps(stage, next, parts)
    case 'statements':
      return statements(stage, next, parts)
    case 'session':
    case 'version':
    case 'local cache':
    case 'shared cache':
    case 'single-flight':
    case 'fill':
    case 'label':
    case 'gather':
    case 'route':
    case 'projection':
      return wrapReading(stage, next, parts)
  }
}

type ReadingStage = Extract<
  Stage,
  {
    stage:
      | 'session'
      | 'version'
      | 'local cache'
      | 'shared cache'
      | 'single-flight'
      | 'fill'
      | 'label'
      | 'gather'
      | 'route'
      | 'projection'
  }
>

/** Those of queries. */
function wrapReading(stage: ReadingStage, next: Run, parts: StageParts): Run {
  switch (stage.stage) {
    case 'session':
      return session(stage, next, parts)
    case 'version':
      return version(stage, next, parts)
    case 'local cache':
      return localCache(stage, next, parts)
    case 'shared cache':
      return sharedCache(stage, next, parts)
    case 'single-flight':
      return singleFlight(stage, next, parts)
    case 'fill':
      return fill(stage, next, parts)
    case 'label':
      return label(stage, next, parts)
    case 'gather':
      return gather(stage, next, parts)
    case 'route':
      return route(stage, next, parts)
    case 'projection':
      return projection(stage, next, parts)
  }
}
