import type { AnyOperation } from '../declare/operation.ts'
import type { CallRequest } from '../enforce/runtime/runtime.ts'
import { parseDuration } from '../kernel/duration.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'
import type { CallOptions } from './app.ts'
import { callsOf } from './session.ts'

/** The options of `app.call` as the runtime takes them. */
export function requestOf(options: CallOptions): CallRequest {
  const { principal, deadline, signal, ifMatch, idempotencyKey, session } = options
  return {
    principal,
    signal,
    ifMatch,
    idempotencyKey,
    budget: deadline === undefined ? undefined : budgetOf(deadline),
    session: session === undefined ? undefined : callsOf(session),
  }
}

/** The same of `app.callMany`. @throws FUL-1002 for anything but a list of inputs of a query. */
export function bulkRequestOf(
  { name, kind }: AnyOperation,
  inputs: unknown,
  options: CallOptions,
): CallRequest {
  if (kind !== 'query')
    throw fulcrumError('FUL-1002', { field: 'query', found: `${name}, a ${kind}`, allowed: 'a query' })
  if (!Array.isArray(inputs))
    throw fulcrumError('FUL-1002', { field: 'inputs', found: show(inputs), allowed: 'a list of inputs' })
  return requestOf(options)
}

function budgetOf(deadline: unknown): number {
  const budget = parseDuration(deadline)
  if (budget !== undefined) return budget
  throw fulcrumError('FUL-1002', {
    field: 'options.deadline',
    found: show(deadline),
    allowed: "a duration such as '250ms'",
  })
}
