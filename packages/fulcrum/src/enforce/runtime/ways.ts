import { rowSchemaOf } from '../../declare/ndjson.ts'
import { type Plan, stageOf } from '../../plan/plan.ts'
import type { CallScope } from './call-scope.ts'
import { checkEvents, eventBatch } from './event-batch.ts'
import { notingChanges } from './noting-changes.ts'
import { type Check, checkInput } from './schema-check.ts'
import type { Run } from './stage.ts'
import { gathering } from './stage-gather.ts'
import { refuseInTransaction } from './stage-remote.ts'
import { run as runHandler } from './stage-run.ts'

/** What one way of calling an operation consists of, besides its output. */
export interface Steps {
  readonly check: Check
  readonly run: Run
}

/** The ways in which an operation runs that depend on nothing but its declaration. */
export interface Ways {
  /** By its plan. */
  readonly planned: Steps
  /** Inside its caller's transaction. */
  readonly joined: Steps
  /** As a part of its caller's answer. */
  readonly part: Steps
}

export interface WaysParts {
  readonly scope: CallScope
  readonly plan: Plan
  readonly composed: Run
  /** Of a subscriber that is given many events at once. */
  readonly takesMany: boolean
}

export function asItIs(value: unknown): unknown {
  return value
}

export function waysOf({ scope, plan, composed, takesMany }: WaysParts): Ways {
  const { operation, bulk } = scope
  // Elsewhere it is validated where it is used.
  if (stageOf(plan, 'remote') !== undefined) {
    const planned = { check: asItIs, run: composed }
    return { planned, joined: { check: asItIs, run: refuseInTransaction }, part: planned }
  }
  // What a projection is given is validated by the schema of the event that it is, and rows where they are read.
  const isChecked = operation.kind !== 'projection' && rowSchemaOf(operation.input) === undefined
  const check = isChecked ? checkInput(operation.input, operation.name) : asItIs
  const part = bulk === undefined ? runHandler : gathering(runHandler, scope)
  const joined = takesMany
    ? { check: checkEvents(operation), run: eventBatch(operation) }
    : { check, run: notingChanges(operation, part) }
  return { planned: { check, run: composed }, joined, part: { check, run: part } }
}
