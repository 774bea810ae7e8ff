import type { AnyOperation } from '../../../declare/operation.ts'
import { type Plan, stageOf } from '../../../plan/plan.ts'
import type { QueueSettings } from '../../../ports/queue.ts'
import { type Check, checkInput } from '../../runtime/schema-check.ts'

/** Everything about a job that follows from its declaration. */
export interface JobTerms {
  readonly name: string
  readonly operation: AnyOperation
  readonly check: Check
  /** Of a validated input. */
  readonly keyOf: (input: unknown) => string | undefined
  readonly stage: NonNullable<ReturnType<typeof stageOf<'job'>>>
  readonly settings: QueueSettings
}

/** `undefined` for what is no job. */
export function jobTerms(operation: AnyOperation, plan: Plan): JobTerms | undefined {
  const stage = stageOf(plan, 'job')
  if (stage === undefined) return undefined
  const { name, contract, input } = operation
  const { attempts, backoff, timeout, keys } = stage
  const { unique, order } = contract.delivery ?? {}
  const key = (unique ?? order) as ((input: unknown) => unknown) | undefined
  return {
    name,
    operation,
    check: checkInput(input, name),
    keyOf: (parsed) => (key === undefined ? undefined : String(key(parsed))),
    stage,
    settings: { name, attempts, backoff: backoff / 1000, timeout, keys },
  }
}
