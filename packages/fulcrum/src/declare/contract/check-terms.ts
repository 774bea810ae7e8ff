import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { contradictions } from './contradictions.ts'
import type { Field, TermsKind } from './field.ts'
import { FIELD_GROUPS, type FieldGroup, kindsOf } from './fields.ts'
import { fieldOfOtherKind, invalidValue, notYetEnforced, refuseValue, unknownField } from './refusals.ts'
import type { Subject, Terms } from './subject.ts'
import { isRecord, memberPath, statedEntries } from './values.ts'

/**
 * Everything that is wrong with a contract by itself: unknown fields, fields of another kind, values that are not allowed, values that this
 * version does not enforce, contradictions. Empty when it can be kept. `name` is what the errors name: the operation, or the wrapped function.
 */
export function checkTerms(kind: TermsKind, name: string, contract: unknown): FulcrumError[] {
  return checkContract({ kind, name, contract, overHttp: false })
}

export function checkContract(terms: Terms): FulcrumError[] {
  const { name, contract } = terms
  if (!isRecord(contract)) {
    return [
      invalidValue(name, { path: 'contract', found: contract, allowed: 'an object of contract fields' }),
    ]
  }
  const fields = statedEntries(contract).flatMap(([group, value]) => checkGroup(terms, group, value))
  return [...fields, ...contradictions(terms, contract)]
}

function checkGroup(subject: Subject, name: string, value: unknown): FulcrumError[] {
  const group = FIELD_GROUPS.get(name)
  if (group === undefined) return [unknownField(subject.name, memberPath('', name), groupsFor(subject.kind))]
  if (!kindsOf(group).includes(subject.kind)) {
    return [
      fieldOfOtherKind(subject, { field: name, owners: kindsOf(group), allowed: groupsFor(subject.kind) }),
    ]
  }
  if (group.self !== undefined && (group.members.size === 0 || !isRecord(value))) {
    return checkSelf(subject, group, value)
  }
  return checkMembers(subject, group, { name, value })
}

/** A group that is a field itself, such as `because`, or `consistency` where it is one of the levels. */
function checkSelf(subject: Subject, { self, members }: FieldGroup, value: unknown): FulcrumError[] {
  const field = self as Field
  const object = members.size === 0 ? '' : `, or an object with ${[...members.keys()].join(', ')}`
  return field.allowed
    .problems(value, field.path)
    .map((problem) => refuseValue(subject.name, { ...problem, allowed: `${problem.allowed}${object}` }))
}

interface Stated {
  readonly name: string
  readonly value: unknown
}

function checkMembers(subject: Subject, { members }: FieldGroup, { name, value }: Stated): FulcrumError[] {
  const own = [...members].filter(([, field]) => field.kinds.includes(subject.kind))
  const names = own.map(([member]) => member)
  if (!isRecord(value)) {
    return [
      invalidValue(subject.name, { path: name, found: value, allowed: `an object with ${names.join(', ')}` }),
    ]
  }
  const stated = statedEntries(value).flatMap(([member, found]) => {
    const field = members.get(member)
    const path = memberPath(name, member)
    if (field === undefined) return [unknownField(subject.name, path, names)]
    if (!field.kinds.includes(subject.kind)) {
      return [fieldOfOtherKind(subject, { field: path, owners: field.kinds, allowed: names })]
    }
    return checkField(subject, field, found)
  })
  const missing = own.filter(([member, field]) => field.required === true && value[member] === undefined)
  return [...stated, ...missing.map(([, field]) => invalidValue(subject.name, problemOf(field, undefined)))]
}

function checkField({ name, kind }: Subject, field: Field, found: unknown): FulcrumError[] {
  const problems = field.allowed.problems(found, field.path)
  if (problems.length > 0) return problems.map((problem) => refuseValue(name, problem))
  const kept = keptFor(field, kind)
  if (isEnforced(kept, found)) return []
  return [notYetEnforced(name, { path: field.path, found, allowed: enforcedPhrase(kept) })]
}

/** The field as this version keeps it for one kind. */
function keptFor(field: Field, kind: TermsKind): Field {
  return field.enforcedFor?.includes(kind) === false ? { ...field, enforced: [] } : field
}

/** Whether this version keeps what the value promises. */
function isEnforced({ enforced }: Field, value: unknown): boolean {
  return enforced === 'all' || (enforced as readonly unknown[]).includes(value)
}

/** What of a field this version accepts, for people. */
export function enforcedPhrase({ allowed, enforced }: Field): string {
  if (enforced === 'all') return allowed.phrase
  if (enforced.length === 0) return 'leaving it out'
  const kept = enforced.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)))
  return `${kept.join(', ')}, or leaving it out`
}

function problemOf(field: Field, found: unknown): { path: string; found: unknown; allowed: string } {
  return { path: field.path, found, allowed: field.allowed.phrase }
}

/** The groups that a kind of operation has. */
export function groupsFor(kind: TermsKind): readonly string[] {
  return [...FIELD_GROUPS].filter(([, group]) => kindsOf(group).includes(kind)).map(([name]) => name)
}
