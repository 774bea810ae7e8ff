import { parseDuration } from '../../kernel/duration.ts'
import { LONGEST_JOB_DEADLINE } from './defaults.ts'
import type { Conflict } from './refusals.ts'
import { type Contract, member, type Rule } from './rule.ts'
import type { Terms } from './subject.ts'

/** Rules over what a job may state. */
export const JOB_RULES: readonly Rule[] = [
  {
    rule: "A job with `transaction.scope: 'statement'` states no `transaction.isolation`.",
    conflicts: isolationOfNothing,
  },
  { rule: 'A job states `delivery.unique` or `delivery.order`, not both.', conflicts: oneRuleForKeys },
  { rule: '`delivery.backoff` of a job is in whole seconds.', conflicts: backoffInSeconds },
  {
    rule: `\`latency.deadline\` of a job is at most \`'${LONGEST_JOB_DEADLINE}'\`.`,
    conflicts: deadlineWithinClaim,
  },
]

function isolationOfNothing({ transaction }: Contract, { kind }: Terms): readonly Conflict[] {
  const found = member(transaction, 'isolation')
  if (kind !== 'job' || found === undefined || member(transaction, 'scope') !== 'statement') return []
  const reason = 'each statement is a transaction by itself, which sees what is committed'
  const other = "transaction.scope 'statement'"
  return [{ field: 'transaction.isolation', found, other, reason, allowed: "leaving it out, or scope 'run'" }]
}

/** Both are a property of the queue, which has one. */
function oneRuleForKeys({ delivery }: Contract, { kind }: Terms): readonly Conflict[] {
  const found = member(delivery, 'unique')
  if (kind !== 'job' || found === undefined || member(delivery, 'order') === undefined) return []
  const reason = 'a job has one key in its queue'
  return [{ field: 'delivery.unique', found, other: 'delivery.order', reason, allowed: 'one of the two' }]
}

function backoffInSeconds({ delivery }: Contract, { kind }: Terms): readonly Conflict[] {
  const found = member(delivery, 'backoff')
  const ms = parseDuration(found)
  if (kind !== 'job' || ms === undefined || ms % 1000 === 0) return []
  const reason = 'its queue counts in seconds'
  return [
    {
      field: 'delivery.backoff',
      found,
      other: 'the kind, job',
      reason,
      allowed: "whole seconds, such as '2s'",
    },
  ]
}

function deadlineWithinClaim({ latency }: Contract, { kind }: Terms): readonly Conflict[] {
  const found = member(latency, 'deadline')
  const longest = parseDuration(LONGEST_JOB_DEADLINE) as number
  if (kind !== 'job' || (parseDuration(found) ?? 0) <= longest) return []
  const reason = 'its queue gives a job to another instance after a day'
  const allowed = `up to '${LONGEST_JOB_DEADLINE}'; work that takes longer is several jobs`
  return [{ field: 'latency.deadline', found, other: 'the kind, job', reason, allowed }]
}
