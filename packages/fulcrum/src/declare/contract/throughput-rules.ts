import { isAccepted } from './accepted.ts'
import type { Conflict } from './refusals.ts'
import { type Contract, member, type Rule } from './rule.ts'
import { isRecord, memberPath, statedEntries } from './values.ts'

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
  {
    rule: "`throughput.acknowledge: 'accepted'` needs `throughput.batch`.",
    conflicts: acceptedNeedsBatch,
  },
  {
    rule: "A command with `throughput.acknowledge: 'accepted'` has `transaction.durability: 'local'`.",
    conflicts: acceptedIsNotReplicated,
  },
  {
    rule: "A command with `throughput.acknowledge: 'accepted'` has no financial data.",
    conflicts: acceptedIsNotFinancial,
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

const ACCEPTED = "throughput.acknowledge 'accepted'"

function acceptedNeedsBatch(contract: Contract): readonly Conflict[] {
  if (!isAccepted(contract) || member(contract.throughput, 'batch') !== undefined) return []
  return [
    {
      field: 'throughput.acknowledge',
      found: 'accepted',
      other: 'throughput.batch, which is not stated',
      reason: 'what is answered before it is carried out waits for its batch',
      allowed: "batch: { size, wait }, or acknowledge 'durable'",
    },
  ]
}

function acceptedIsNotReplicated(contract: Contract): readonly Conflict[] {
  const found = member(contract.transaction, 'durability')
  if (!isAccepted(contract) || found !== 'replicated') return []
  const reason =
    'the caller is answered before anything is on any disk, and a standby would keep no promise made to it'
  return [
    {
      field: 'transaction.durability',
      found,
      other: ACCEPTED,
      reason,
      allowed: "'local', or acknowledge 'durable'",
    },
  ]
}

/** The class of an operation covers its fields; a field may be stated where that is not. */
function acceptedIsNotFinancial(contract: Contract): readonly Conflict[] {
  if (!isAccepted(contract)) return []
  const fields = member(contract.data, 'fields')
  const stated = isRecord(fields) ? statedEntries(fields) : []
  const found: readonly (readonly [string, unknown])[] = [
    ['data.class', member(contract.data, 'class')],
    ...stated.map(([path, value]) => [memberPath('data.fields', path), value] as const),
  ]
  const reason = 'what was answered may be lost with the process, which money must not be'
  return found
    .filter(([, value]) => value === 'financial')
    .map(([field, value]) => ({
      field,
      found: value,
      other: ACCEPTED,
      reason,
      allowed: "acknowledge 'durable'",
    }))
}

function conflict(field: string, found: unknown, reason: string): Conflict {
  return { field, found, other: 'throughput.batch', reason, allowed: 'leaving it out, or leaving batch out' }
}

function isBatched(throughput: unknown): boolean {
  return isRecord(member(throughput, 'batch'))
}
