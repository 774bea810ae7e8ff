import type { Conflict } from './refusals.ts'
import { type Contract, member, type Rule } from './rule.ts'
import { isRecord } from './values.ts'

/** Rules over `throughput`. */
export const THROUGHPUT_RULES: readonly Rule[] = [
  {
    rule: 'A command with `throughput.batch` has no `transaction.ifMatch`.',
    conflicts: batchComparesNothing,
  },
  {
    rule: 'A command with `throughput.batch` has no `transaction.joins`.',
    conflicts: batchJoinsNothing,
  },
  {
    rule: 'A command with `throughput.batch` has no `idempotency`.',
    conflicts: batchIsNotRemembered,
  },
]

function batchComparesNothing({ throughput, transaction }: Contract): readonly Conflict[] {
  const found = member(transaction, 'ifMatch')
  if (!isBatched(throughput) || (found !== true && found !== 'optional')) return []
  const reason = 'the form is called once for several callers, each of whom may have seen another version'
  return [conflict('transaction.ifMatch', found, reason)]
}

function batchJoinsNothing({ throughput, transaction }: Contract): readonly Conflict[] {
  const joins = member(transaction, 'joins')
  if (!isBatched(throughput) || !Array.isArray(joins) || joins.length === 0) return []
  const found = joins.map((joined) => member(joined, 'name'))
  const reason =
    'a joined command would run for several callers at once, and undo the work of all where it fails'
  return [conflict('transaction.joins', found, reason)]
}

function batchIsNotRemembered({ throughput, idempotency }: Contract): readonly Conflict[] {
  const found = member(idempotency, 'key')
  if (!isBatched(throughput) || found === undefined) return []
  const reason =
    'the answer of each call would have to be kept with its effects, which are those of the whole batch'
  const refused = conflict('idempotency.key', found, reason)
  return [{ ...refused, allowed: "idempotency 'none', or leaving batch out" }]
}

function conflict(field: string, found: unknown, reason: string): Conflict {
  return { field, found, other: 'throughput.batch', reason, allowed: 'leaving it out, or leaving batch out' }
}

function isBatched(throughput: unknown): boolean {
  return isRecord(member(throughput, 'batch'))
}
