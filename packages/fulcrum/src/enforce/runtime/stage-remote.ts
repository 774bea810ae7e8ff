import { DomainError, type ErrorDeclaration } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type ErrorCode, ERRORS } from '../../kernel/errors/table.ts'
import { type Source, SOURCES } from '../../kernel/observer.ts'
import type { Stage } from '../../plan/plan.ts'
import type { AnswerFacts, RemoteCall, RemoteOutcome } from '../../ports/remote.ts'
import { isPortable } from '../cache/portable.ts'
import type { SentSession } from '../session/remote-tokens.ts'
import type { Call } from './call.ts'
import type { Run, StageParts } from './stage.ts'

/**
 * Has a call answered by the process of its module. The input goes as it was given, since it is validated there, and the output comes as it was
 * validated there; errors are the same that a call in this process would fail with.
 */
export function remote(
  { module, database, repeats }: Extract<Stage, { stage: 'remote' }>,
  parts: StageParts,
): Run {
  const { operation, remotes, remoteTokens } = parts
  const port = remotes.get(module)
  if (port === undefined) throw new Error(`a plan with module ${module} was composed without its process`)
  const tokens = database === 'shared' ? remoteTokens : undefined
  return async (call, input) => {
    // A command that is a step is noted in its transaction.
    if (call.note !== undefined && operation.kind === 'command') refuseInTransaction(call, input)
    if (!isPortable(input)) throw fulcrumError('FUL-3307', { part: 'input' }, { operation: operation.name })
    const sent = tokens?.send(call.session)
    const answer = await port.call(requestOf(call, input, { sent, repeats }))
    if (sent !== undefined) tokens?.receive(call.session, sent, answer)
    return conclude(call, answer.outcome, module)
  }
}

interface Sending {
  readonly sent: SentSession | undefined
  readonly repeats: boolean
}

function requestOf(call: Call, input: unknown, { sent, repeats }: Sending): RemoteCall {
  const { operation, principal, deadline, ifMatch, idempotencyKey, traceparent } = call
  const kind = call.scope.operation.kind === 'query' ? 'query' : 'command'
  const terms = { principal, deadline, ifMatch, idempotencyKey, traceparent }
  return { operation, kind, input, repeats, token: sent?.text ?? '', ...terms }
}

function conclude(call: Call, outcome: RemoteOutcome, module: string): unknown {
  const { operation } = call.scope
  if (outcome.kind === 'value') {
    note(call, outcome.facts)
    return outcome.value
  }
  if (outcome.kind === 'error') throw sameError(outcome, operation, module)
  call.replayed = outcome.replayed
  throw declaredError(outcome, operation, module)
}

function note(call: Call, facts: AnswerFacts): void {
  // Its output was held to the schema where it was produced.
  call.finished = true
  call.version = facts.version
  call.served(indexOf(facts.source))
  call.staleBy = Math.max(call.staleBy, facts.staleBy)
  call.freshFor = facts.freshFor
  call.degraded = facts.degraded
  call.replayed = facts.replayed
  // What is made of it is no younger.
  for (let each: Call | undefined = call; each !== undefined; each = each.parent)
    each.age = Math.max(each.age, facts.age)
}

function indexOf(source: Source): number {
  return Math.max(0, SOURCES.indexOf(source))
}

function declaredError(
  { code, data }: Extract<RemoteOutcome, { kind: 'domain error' }>,
  { name, errors }: AnyOperation,
  module: string,
): Error {
  const declaration = (errors as readonly ErrorDeclaration[]).find((each) => each.name === code)
  if (declaration !== undefined) return new DomainError(declaration, data)
  return fulcrumError('FUL-3306', { module, problem: code }, { operation: name })
}

function sameError(
  { code, params, operation }: Extract<RemoteOutcome, { kind: 'error' }>,
  { name }: AnyOperation,
  module: string,
): Error {
  if (!(code in ERRORS)) return fulcrumError('FUL-3306', { module, problem: code }, { operation: name })
  return fulcrumError(code as ErrorCode, params as never, { operation: operation ?? name })
}

/** For calls that would have to take part in a transaction of this process. Boot refuses those that are declared. */
export const refuseInTransaction: Run = (call) => {
  const operation = call.parent?.operation
  throw fulcrumError('FUL-3305', { callee: call.operation }, { operation })
}
