import { DURATION_UNITS, parseDuration } from '../../kernel/duration.ts'

/** What is wrong with one value of a contract. */
export interface Problem {
  readonly path: string
  readonly found: unknown
  /** For people. */
  readonly allowed: string
  /** The member is not known at all; `known` are those that are. */
  readonly known?: readonly string[]
}

/** A set of values: what a field, or a member of a field, may be. */
export interface Values {
  /** For people: `'local', 'replicated'`. */
  readonly phrase: string
  /** Whether the value is meant to be of this set, so that its problems are worth more than "none of these". */
  readonly claims: (value: unknown) => boolean
  /** Everything that is wrong with `value`, found at `path`. */
  readonly problems: (value: unknown, path: string) => readonly Problem[]
}

/** Values that a predicate recognises. */
export function values(phrase: string, accepts: (value: unknown) => boolean): Values {
  const problems: Values['problems'] = (found, path) =>
    accepts(found) ? [] : [{ path, found, allowed: phrase }]
  return { phrase, claims: accepts, problems }
}

export function literals(list: readonly (string | boolean)[]): Values {
  const phrase = list
    .map((literal) => (typeof literal === 'string' ? `'${literal}'` : String(literal)))
    .join(', ')
  return values(phrase, (value) => (list as readonly unknown[]).includes(value))
}

/** A duration above zero: no field of a contract means anything with `'0ms'`. */
export const duration: Values = values(
  `a duration above zero with a unit (${DURATION_UNITS.join(', ')}), such as '250ms'`,
  (value) => (parseDuration(value) ?? 0) > 0,
)

export const flag: Values = literals([false, true])

export const text: Values = values(
  'a text that is not empty',
  (value) => typeof value === 'string' && value.trim() !== '',
)

export const anything: Values = values('any value', () => true)

export function functionOf(what: string): Values {
  return values(`a function of ${what}`, (value) => typeof value === 'function')
}

/** Whole numbers from `from` on. */
export function wholeFrom(from: number): Values {
  return values(
    `a whole number from ${from} on`,
    (value) => Number.isSafeInteger(value) && (value as number) >= from,
  )
}

/** Percent: above 0, at most 100. */
export const percent: Values = values(
  'a number above 0 and up to 100',
  (value) => typeof value === 'number' && value > 0 && value <= 100,
)

export function matching(pattern: RegExp, phrase: string): Values {
  return values(phrase, (value) => typeof value === 'string' && pattern.test(value))
}

/** A whole number per duration: `'100/1m'`. */
export const rate: Values = values("a number per duration, such as '100/1m'", (value) => {
  const [, count, per] = typeof value === 'string' ? (/^([1-9]\d{0,14})\/(.+)$/.exec(value) ?? []) : []
  return count !== undefined && (parseDuration(per) ?? 0) > 0
})

/** Either set. Where one of them claims the value, its problems are shown; otherwise both phrases. */
export function either(...sets: readonly Values[]): Values {
  const phrase = sets.map((set) => set.phrase).join(' or ')
  const claims: Values['claims'] = (value) => sets.some((set) => set.claims(value))
  const problems: Values['problems'] = (found, path) =>
    sets.find((set) => set.claims(found))?.problems(found, path) ?? [{ path, found, allowed: phrase }]
  return { phrase, claims, problems }
}

export function listOf(item: Values): Values {
  const phrase = `a list of ${item.phrase}`
  const problems: Values['problems'] = (found, path) => {
    if (!Array.isArray(found)) return [{ path, found, allowed: phrase }]
    return found.flatMap((value, index) => item.problems(value, `${path}[${index}]`))
  }
  return { phrase, claims: Array.isArray, problems }
}

export interface Member {
  readonly values: Values
  /** Default: required. */
  readonly optional?: boolean
}

/** An object with exactly these members. */
export function record(members: Readonly<Record<string, Member>>): Values {
  const names = Object.keys(members)
  const shape = names.map(
    (name) => `${name}${members[name]?.optional === true ? '?' : ''}: ${members[name]?.values.phrase}`,
  )
  const phrase = `{ ${shape.join(', ')} }`
  const problems: Values['problems'] = (found, path) => {
    if (!isRecord(found)) return [{ path, found, allowed: phrase }]
    const unknown = unknownMembers(found, path, names)
    return [
      ...unknown,
      ...names.flatMap((name) => memberProblems(members[name] as Member, found[name], `${path}.${name}`)),
    ]
  }
  return { phrase, claims: isRecord, problems }
}

function memberProblems(member: Member, found: unknown, path: string): readonly Problem[] {
  return found === undefined && member.optional === true ? [] : member.values.problems(found, path)
}

function unknownMembers(
  found: Readonly<Record<string, unknown>>,
  path: string,
  known: readonly string[],
): Problem[] {
  return statedEntries(found)
    .filter(([name]) => !known.includes(name))
    .map(([name, value]) => ({
      path: memberPath(path, name),
      found: value,
      allowed: known.join(', '),
      known,
    }))
}

/** An object whose keys are free and whose values are all of one set. */
export function recordOf(keys: string, item: Values): Values {
  const phrase = `an object from ${keys} to ${item.phrase}`
  const problems: Values['problems'] = (found, path) => {
    if (!isRecord(found)) return [{ path, found, allowed: phrase }]
    return statedEntries(found).flatMap(([key, value]) => item.problems(value, memberPath(path, key)))
  }
  return { phrase, claims: isRecord, problems }
}

/** A plain object, as literals and parsed JSON are. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Members that say something: `undefined` is the same as absent. */
export function statedEntries(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined)
}

/** `slo.latency`, `['a b']`, `data.fields['address.street']`: names that are no identifiers stay apart from paths. */
export function memberPath(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}['${name}']`
  return path === '' ? name : `${path}.${name}`
}
