import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import type { TermsKind } from './field.ts'
import type { Subject } from './subject.ts'
import type { Problem } from './values.ts'

/** Two declared values that no plan can keep both. */
export interface Conflict {
  readonly field: string
  readonly found: unknown
  /** The other side, for people: `latency.deadline '250ms'`. */
  readonly other: string
  readonly reason: string
  readonly allowed: string
}

const ARTICLES: Readonly<Record<TermsKind, string>> = {
  query: 'a query',
  command: 'a command',
  job: 'a job',
  subscriber: 'a subscriber',
  projection: 'a projection',
  wrap: 'a wrapped function',
}

const PLURALS: Readonly<Record<TermsKind, string>> = {
  query: 'queries',
  command: 'commands',
  job: 'jobs',
  subscriber: 'subscribers',
  projection: 'projections',
  wrap: 'wrapped functions',
}

export function unknownField(name: string, field: string, known: readonly string[]): FulcrumError {
  const hint = didYouMean(lastPart(field), known)
  return fulcrumError('FUL-1001', { field, hint, allowed: [...known] }, { operation: name })
}

export function invalidValue(name: string, { path, found, allowed }: Problem): FulcrumError {
  return fulcrumError('FUL-1002', { field: path, found: show(found), allowed }, { operation: name })
}

/** A problem that a set of values found. */
export function refuseValue(name: string, problem: Problem): FulcrumError {
  return problem.known === undefined
    ? invalidValue(name, problem)
    : unknownField(name, problem.path, problem.known)
}

export function notYetEnforced(name: string, { path, found, allowed }: Problem): FulcrumError {
  return fulcrumError('FUL-1003', { field: path, found: show(found), allowed }, { operation: name })
}

export function contradiction(name: string, conflict: Conflict): FulcrumError {
  return fulcrumError('FUL-1004', { ...conflict, found: show(conflict.found) }, { operation: name })
}

export interface Misplaced {
  readonly field: string
  /** The kinds that do have it. */
  readonly owners: readonly TermsKind[]
  /** What this kind has in its place. */
  readonly allowed: readonly string[]
}

export function fieldOfOtherKind(
  { kind, name }: Subject,
  { field, owners, allowed }: Misplaced,
): FulcrumError {
  const owner = owners.map((one) => PLURALS[one]).join(', ')
  return fulcrumError('FUL-1018', { field, owner, kind: ARTICLES[kind], allowed }, { operation: name })
}

/** `sessoin` of `consistency.sessoin`. */
function lastPart(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1)
}
