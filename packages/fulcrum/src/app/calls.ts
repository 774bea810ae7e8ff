import type { Outcome } from '../declare/outcome.ts'
import type { CompiledOperation } from '../enforce/runtime/runtime.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'
import { answeringPlan, stageOf } from '../plan/plan.ts'
import type { CallOptions } from './app.ts'
import { bulkRequestOf, requestOf } from './call-request.ts'

/** No terms; of the same shape as terms, so that what reads them always finds them in the same places. */
const PLAIN = Object.freeze(requestOf({}))

/** Calls an operation in process. */
export function call(
  compiled: CompiledOperation,
  input: unknown,
  options: CallOptions | undefined,
): Promise<unknown> {
  if (options === undefined) return compiled.call(PLAIN, input)
  try {
    requireKeyTaken(compiled, options)
    return compiled.call(requestOf(options), input)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** A key that nobody looks at would promise its caller that the call takes effect once. */
function requireKeyTaken({ operation, plan }: CompiledOperation, { idempotencyKey }: CallOptions): void {
  if (idempotencyKey === undefined || stageOf(answeringPlan(plan), 'idempotency')?.key === 'header') return
  const allowed = "leaving it out, or an operation with idempotency.key 'header'"
  const params = { field: 'options.idempotencyKey', found: show(idempotencyKey), allowed }
  throw fulcrumError('FUL-1002', params, { operation: operation.name })
}

/** Reads many inputs of a query in process. */
export async function callMany(
  compiled: CompiledOperation,
  inputs: readonly unknown[],
  options: CallOptions,
): Promise<readonly Outcome<unknown>[]> {
  requireKeyTaken(compiled, options)
  return compiled.runMany(compiled.begin(bulkRequestOf(compiled.operation, inputs, options)), inputs)
}
