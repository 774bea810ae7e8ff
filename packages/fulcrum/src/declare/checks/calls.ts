import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import { invalidValue } from '../contract/refusals.ts'
import { hasSteps } from '../contract/step-rules.ts'
import type { Binding } from '../module.ts'
import type { AnyOperation, OperationKind } from '../operation.ts'
import { isDeclared } from './facts.ts'
import { moduleOf } from './names.ts'

const LIST = 'a list of signatures of other modules'

/** What a handler of each kind may call of other modules, besides the commands that it joins. */
const CALLABLE: Readonly<Record<OperationKind, readonly OperationKind[]>> = {
  query: ['query'],
  command: ['query', 'job'],
  subscriber: ['query', 'job'],
  job: ['query', 'command', 'job'],
  projection: ['query'],
}

const CALLABLE_AS_STEP: readonly OperationKind[] = ['query', 'command']

/** `calls` of every binding, against the operations that the application has. */
export function checkCalls(
  bindings: readonly Binding[],
  operations: readonly AnyOperation[],
): FulcrumError[] {
  const known = new Map(operations.map((operation) => [operation.name, operation]))
  return bindings.flatMap((binding) => {
    const { target, calls } = binding
    if (calls === undefined) return []
    if (!Array.isArray(calls))
      return [invalidValue(target.name, { path: 'calls', found: calls, allowed: LIST })]
    return calls.flatMap((called: unknown) => checkCall(target, called, known))
  })
}

function checkCall(
  { name, kind, contract }: AnyOperation,
  called: unknown,
  known: ReadonlyMap<string, AnyOperation>,
): FulcrumError[] {
  const kinds = hasSteps(contract) ? CALLABLE_AS_STEP : CALLABLE[kind]
  const declared = kinds.some((each) => isDeclared(called, each))
  if (!declared || moduleOf((called as AnyOperation).name) === moduleOf(name)) {
    const allowed = `${kinds.map((each) => PLURALS[each]).join(', ')} of other modules`
    return [invalidValue(name, { path: 'calls', found: nameOf(called), allowed })]
  }
  const operation = called as AnyOperation
  const found = known.get(operation.name)
  if (found === operation) return []
  if (found === undefined) return [notLoaded(name, operation, known)]
  const where = `by its module, and by another declaration that ${name} calls`
  return [fulcrumError('FUL-1005', { kind: 'operation', name: operation.name, where }, { operation: name })]
}

const PLURALS: Readonly<Record<OperationKind, string>> = {
  query: 'queries',
  command: 'commands',
  job: 'jobs',
  subscriber: 'subscribers',
  projection: 'projections',
}

function nameOf(called: unknown): unknown {
  return (called as { readonly name?: unknown } | undefined)?.name ?? called
}

function notLoaded(
  operation: string,
  called: AnyOperation,
  known: ReadonlyMap<string, AnyOperation>,
): FulcrumError {
  const params = {
    field: 'calls',
    found: called.name,
    hint: didYouMean(called.name, [...known.keys()]),
    allowed: 'operations of loaded modules',
  }
  return fulcrumError('FUL-1016', params, { operation })
}
