import { formatDuration, parseDuration } from '../../kernel/duration.ts'
import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { DEFAULT_HTTP_DEADLINE } from './defaults.ts'
import { FRESHNESS_RULES } from './freshness-rules.ts'
import { JOB_RULES } from './job-rules.ts'
import { type Conflict, contradiction, invalidValue } from './refusals.ts'
import { type Contract, member, type Rule } from './rule.ts'
import { STEP_RULES } from './step-rules.ts'
import type { Terms } from './subject.ts'
import { THROUGHPUT_RULES } from './throughput-rules.ts'
import { isRecord, memberPath, statedEntries } from './values.ts'
import { DATA_CLASSES, type DataClass } from './vocabulary.ts'

const OVER_HTTP = `(over HTTP \`${DEFAULT_HTTP_DEADLINE}\` where none is declared)`

/** Rules over one contract. Each looks at values that are valid by themselves and ignores the others, which are refused anyway. */
export const CONTRACT_RULES: readonly Rule[] = [
  ...FRESHNESS_RULES,
  ...THROUGHPUT_RULES,
  { rule: `\`latency.expect\` is at most the deadline ${OVER_HTTP}.`, conflicts: expectWithinDeadline },
  { rule: `\`slo.latency.under\` is at most the deadline ${OVER_HTTP}.`, conflicts: objectiveWithinDeadline },
  {
    rule: `\`throughput.batch.wait\` is less than the deadline ${OVER_HTTP}, unless callers do not wait for it (\`acknowledge: 'accepted'\`).`,
    conflicts: waitWithinDeadline,
  },
  ...JOB_RULES,
  ...STEP_RULES,
  { rule: 'No class in `data.fields` is more sensitive than `data.class`.', conflicts: classCoversFields },
]

export function contradictions(terms: Terms, contract: Contract): FulcrumError[] {
  const conflicts = CONTRACT_RULES.flatMap(({ conflicts: find }) => find(contract, terms))
  return [
    ...unstatedConsistency(terms, contract),
    ...unstatedIdempotency(terms, contract),
    ...conflicts.map((conflict) => contradiction(terms.name, conflict)),
  ]
}

/**
 * An object without `staleness` and `session` bounds nothing, so it would weaken the default, `'strong'`, without saying so. `'any'` and `'none'`
 * say so.
 */
function unstatedConsistency({ name, kind }: Terms, { consistency }: Contract): FulcrumError[] {
  if (kind !== 'query' || !isRecord(consistency)) return []
  if (consistency.staleness !== undefined || consistency.session !== undefined) return []
  const allowed = "'strong', 'eventual', or an object that states `staleness` or `session`"
  return [invalidValue(name, { path: 'consistency', found: consistency, allowed })]
}

/** Whoever calls over a network cannot know whether a call without an answer took effect, so what a repetition means is not left open. */
function unstatedIdempotency({ name, kind, overHttp }: Terms, { idempotency }: Contract): FulcrumError[] {
  if (kind !== 'command' || !overHttp || idempotency !== undefined) return []
  const allowed =
    "{ key: 'header' } or a key made of the input, so that a repeated call takes effect once, or 'none', since HTTP exposes it"
  return [invalidValue(name, { path: 'idempotency', found: idempotency, allowed })]
}

/** A read that takes longer than its deadline as a rule is a read that fails as a rule. */
function expectWithinDeadline(contract: Contract, terms: Terms): readonly Conflict[] {
  const expect = member(contract.latency, 'expect')
  return overDeadline({ field: 'latency.expect', found: expect }, contract, terms)
}

/** A call that succeeds is never slower than its deadline, so an objective beyond it measures nothing. */
function objectiveWithinDeadline(contract: Contract, terms: Terms): readonly Conflict[] {
  const under = member(member(contract.slo, 'latency'), 'under')
  return overDeadline({ field: 'slo.latency.under', found: under }, contract, terms)
}

/** A call that may wait for longer than it may take may fail for nothing but waiting. */
function waitWithinDeadline(contract: Contract, terms: Terms): readonly Conflict[] {
  const { throughput } = contract
  if (member(throughput, 'acknowledge') === 'accepted') return []
  const wait = member(member(throughput, 'batch'), 'wait')
  return overDeadline({ field: 'throughput.batch.wait', found: wait }, contract, terms)
}

interface Stated {
  readonly field: string
  readonly found: unknown
}

function overDeadline(
  { field, found }: Stated,
  contract: Contract,
  { overHttp }: Terms,
): readonly Conflict[] {
  const declared = parseDuration(member(contract.latency, 'deadline'))
  const deadline = declared ?? (overHttp ? parseDuration(DEFAULT_HTTP_DEADLINE) : undefined)
  const ms = parseDuration(found)
  if (ms === undefined || deadline === undefined || ms <= deadline) return []
  const limit = `'${formatDuration(deadline)}'`
  const other =
    declared === undefined ? `the deadline over HTTP, ${limit} by default` : `latency.deadline ${limit}`
  const reason = 'a call that takes longer than its deadline is ended with 504'
  return [{ field, found, other, reason, allowed: `up to ${limit}, or a longer latency.deadline` }]
}

/** `data.class` is the most sensitive class of all fields, so no field is above it. */
function classCoversFields({ data }: Contract): readonly Conflict[] {
  const overall = member(data, 'class')
  const fields = member(data, 'fields')
  if (!isDataClass(overall) || !isRecord(fields)) return []
  return statedEntries(fields).flatMap(([path, found]) => {
    if (!isDataClass(found) || !isMoreSensitive(found, overall)) return []
    const reason = 'the class of an operation is that of its most sensitive field'
    const allowed = `up to '${overall}', or data.class '${found}'`
    return [
      { field: memberPath('data.fields', path), found, other: `data.class '${overall}'`, reason, allowed },
    ]
  })
}

function isDataClass(value: unknown): value is DataClass {
  return (DATA_CLASSES as readonly unknown[]).includes(value)
}

function isMoreSensitive(a: DataClass, b: DataClass): boolean {
  return DATA_CLASSES.indexOf(a) > DATA_CLASSES.indexOf(b)
}
