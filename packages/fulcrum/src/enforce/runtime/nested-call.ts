import type { AnyOperation } from '../../declare/operation.ts'
import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { moduleOf } from '../../declare/checks/names.ts'
import type { Call } from './call.ts'

/**
 * Refuses what the types refuse, for callers without them: queries call queries; a command also calls the commands that it joins, and only
 * while its transaction is open.
 */
export function nestedTarget(parent: Call, target: AnyOperation): void {
  requireDeclared(parent, target)
  if (target.kind === 'query') return requireWaiting(parent, target)
  const { operation } = parent.scope
  if (target.kind !== 'command') throw notAllowed(parent, target, `a ${target.kind} is not called`)
  if (operation.kind === 'job') return commandOfJob(parent, target)
  if (operation.kind !== 'command') throw notAllowed(parent, target, 'a query never changes data')
  const joins: readonly AnyOperation[] = operation.contract.transaction?.joins ?? []
  if (!joins.some(({ name }) => name === target.name))
    throw notAllowed(parent, target, 'transaction.joins does not name it')
  if (parent.transaction === undefined)
    throw notAllowed(parent, target, 'there is no open transaction to join')
}

/** What can be a step: queries, and commands whose transaction can say that the step was done. */
export function stepTarget(parent: Call, target: AnyOperation): void {
  const { module, calls } = parent.scope
  if (moduleOf(target.name) !== module && !calls.has(target.name))
    throw notAllowed(parent, target, 'it is of another module, and `calls` does not name it')
  if (target.kind === 'query') return
  if (target.kind !== 'command') throw notAllowed(parent, target, `a ${target.kind} is not called`)
  if (target.contract.throughput?.batch !== undefined)
    throw notAllowed(parent, target, 'it is carried out in one transaction with calls of others')
  if (target.contract.steps !== undefined)
    throw notAllowed(parent, target, 'it is a run of its own, which would not be undone with this one')
}

/** A command that a job calls is a transaction of its own, which it cannot be inside of another one. */
function commandOfJob(parent: Call, target: AnyOperation): void {
  if (parent.transaction === undefined) return
  throw notAllowed(
    parent,
    target,
    "the job is one transaction itself, unless transaction.scope is 'statement'",
  )
}

/** Refuses to read in bulk what is no query. */
export function bulkTarget(parent: Call, target: AnyOperation): void {
  if (target.kind !== 'query') throw notAllowed(parent, target, 'only queries are read in bulk')
  requireDeclared(parent, target)
  requireWaiting(parent, target)
}

/** What reads a projection may have to wait for it, which reads of one state of the data cannot. */
function requireWaiting(parent: Call, target: AnyOperation): void {
  const { projection, contract } = target
  if (projection === undefined || contract.consistency === 'eventual') return
  if (parent.transaction === undefined && !parent.isOfOneState) return
  const reason = `it may have to wait for ${projection.name}, and what it is called in sees one state`
  throw notAllowed(parent, target, reason)
}

/** What crosses from one module to another is declared, so that it can be known before it is called. */
export function requireDeclared(parent: Call, target: AnyOperation): void {
  const { module, calls } = parent.scope
  if (moduleOf(target.name) === module || calls.has(target.name)) return
  // Of a command that is not joined there is more to say.
  if (target.kind === 'command' && parent.scope.operation.kind !== 'job') return
  throw notAllowed(parent, target, `it is of another module, and \`calls\` does not name it`)
}

/** An input that the callee refuses is the fault of the handler that passed it, not of whoever called that. Everything else passes as it is. */
export function nestedFailure(parent: Call, target: AnyOperation, error: unknown): unknown {
  if (!isFulcrumError(error, 'FUL-2001') || error.operation !== target.name) return error
  const params = { callee: target.name, summary: error.params.summary }
  return fulcrumError('FUL-3014', params, { operation: parent.operation, cause: error })
}

function notAllowed(parent: Call, target: AnyOperation, reason: string): Error {
  const { operation, calls } = parent.scope
  const allowed =
    operation.contract.steps === undefined
      ? ['queries of its module', ...calls].join(', ')
      : ['queries and commands of its module that are neither batched nor runs', ...calls].join(', ')
  return fulcrumError('FUL-3007', { callee: target.name, reason, allowed }, { operation: operation.name })
}
