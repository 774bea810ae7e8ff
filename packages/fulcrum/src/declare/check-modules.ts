/* oxlint-disable typescript/no-explicit-any -- handlers are typed against the query builder of their own module; an application has modules of any */
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'
import { checkCalls } from './checks/calls.ts'
import { checkError, checkEvent, isDeclared } from './checks/facts.ts'
import { checkJoins } from './checks/joins.ts'
import { checkModule } from './checks/module.ts'
import { checkOperation } from './checks/operation.ts'
import { checkProjectionSchemas, checkReadProjection } from './checks/projection.ts'
import { checkRemote } from './checks/remote.ts'
import { checkUniqueModules, checkUniqueNames, checkUniqueRoutes } from './checks/unique.ts'
import type { ErrorDeclaration } from './error.ts'
import type { EventDeclaration } from './event.ts'
import type { Binding, Module } from './module.ts'
import { type AnyOperation, OPERATION_KINDS } from './operation.ts'
import { eventsOf } from './delivered.ts'

/** A module of any query builder. */
export type AnyModule = Module<any>

/**
 * Everything that is wrong with the declarations of an application, all of it at once; empty when nothing is. Pure: nothing is loaded or
 * connected. Whether the configured parts can keep the contracts is a question for plans.
 */
export function checkModules(modules: readonly AnyModule[]): FulcrumError[] {
  const strangers = modules.flatMap((found, index) =>
    isDeclared(found, 'module') ? [] : [notAModule(found, index)],
  )
  const known = modules.filter((module) => isDeclared(module, 'module'))
  const operations = operationsOfAll(known)
  // What commands of other processes join, and what their queries read, is there.
  const here = operationsOfAll(known.filter(({ remote }) => remote === undefined))
  const errors = factsOf<ErrorDeclaration>(operations, 'errors', 'error')
  const events = [
    ...new Set([...factsOf<EventDeclaration>(operations, 'emits', 'event'), ...subscribed(operations)]),
  ]
  return [
    ...strangers,
    ...known.flatMap(checkModule),
    ...known.flatMap(checkRemote),
    ...checkUniqueModules(known),
    ...checkUniqueNames('operation', operations),
    ...checkUniqueNames('error', errors),
    ...checkUniqueNames('event', events),
    ...operations.flatMap(checkOperation),
    ...errors.flatMap(checkError),
    ...events.flatMap(checkEvent),
    ...checkUniqueRoutes(operations),
    ...checkProjectionSchemas(known, operations),
    ...here.flatMap((operation) => checkReadProjection(operation, here)),
    ...checkJoins(here, operations),
    ...checkCalls(known.flatMap(boundOperations), operations),
  ]
}

function operationsOfAll(modules: readonly AnyModule[]): readonly AnyOperation[] {
  return [...new Set(modules.flatMap(operationsOf))]
}

/** The signatures that a module handles, here or in another process. */
export function operationsOf({ bindings, remote }: AnyModule): AnyOperation[] {
  if (remote !== undefined) return remote.operations.filter(isOperation)
  return bindings.flatMap(({ target }) => (isOperation(target) ? [target] : []))
}

function boundOperations({ bindings }: AnyModule): Binding[] {
  return bindings.filter(({ target }) => isOperation(target))
}

function isOperation(value: unknown): value is AnyOperation {
  return OPERATION_KINDS.some((kind) => isDeclared(value, kind))
}

/** Errors or events of all operations, each once. */
function factsOf<T>(operations: readonly AnyOperation[], list: 'errors' | 'emits', kind: string): T[] {
  const facts: readonly unknown[] = operations.flatMap((operation) => operation[list] as readonly unknown[])
  return [...new Set(facts)].filter((fact): fact is T => isDeclared(fact, kind))
}

function subscribed(operations: readonly AnyOperation[]): EventDeclaration[] {
  return operations.flatMap(eventsOf).filter((event) => isDeclared(event, 'event'))
}

function notAModule(found: unknown, index: number): FulcrumError {
  const field = `modules[${index}]`
  return fulcrumError(
    'FUL-1002',
    { field, found: show(found), allowed: 'what module(…) returned' },
    { operation: field },
  )
}
