import { parseDuration } from '../../kernel/duration.ts'
import { DEFAULT_RUN_TIME, DEFAULT_STEP_TIMEOUT } from './defaults.ts'
import type { Conflict } from './refusals.ts'
import { type Contract, member, type Rule } from './rule.ts'
import { isRecord, statedEntries } from './values.ts'

/** Rules over commands that are runs of steps. */
export const STEP_RULES: readonly Rule[] = [
  { rule: 'A command with `steps` has `idempotency.key`.', conflicts: needsKey },
  { rule: 'A command with `steps` has no `transaction`.', conflicts: hasNoTransaction },
  { rule: 'A command with `steps` has no `throughput`.', conflicts: isNotBatched },
  {
    rule: `One attempt fits into the run: \`steps.timeout\` (\`${DEFAULT_STEP_TIMEOUT}\` where none is stated) is at most \`steps.within\` (\`${DEFAULT_RUN_TIME}\`).`,
    conflicts: timeoutWithinRun,
  },
]

/** Whether a contract, or what stands in its place, says that the command is a run of steps. */
export function hasSteps(contract: unknown): boolean {
  return isRecord(member(contract, 'steps'))
}

/** Without one nobody could tell a repetition from a second run, and who repeats a call could not find its run again. */
function needsKey(contract: Contract): readonly Conflict[] {
  if (!hasSteps(contract) || member(contract.idempotency, 'key') !== undefined) return []
  return [
    {
      field: 'steps',
      found: contract.steps,
      other: 'idempotency, which has no key',
      reason: 'the key is what makes a repeated call the same run, which goes on when its caller has gone',
      allowed: "idempotency: { key: 'header' } or a key made of the input",
    },
  ]
}

function hasNoTransaction(contract: Contract): readonly Conflict[] {
  if (!hasSteps(contract) || !isRecord(contract.transaction)) return []
  const reason =
    'a run holds no transaction while it waits for others; what it changes, it changes in the commands that it calls'
  return statedEntries(contract.transaction).map(([name, found]) => ({
    field: `transaction.${name}`,
    found: name === 'joins' && Array.isArray(found) ? found.map((joined) => member(joined, 'name')) : found,
    other: 'steps',
    reason,
    allowed: 'leaving it out; the commands that it calls state their own',
  }))
}

function isNotBatched(contract: Contract): readonly Conflict[] {
  if (!hasSteps(contract) || !isRecord(contract.throughput)) return []
  const reason = 'each run is remembered and goes on by itself'
  return statedEntries(contract.throughput).map(([name, found]) => ({
    field: `throughput.${name}`,
    found,
    other: 'steps',
    reason,
    allowed: 'leaving it out, or leaving steps out',
  }))
}

function timeoutWithinRun(contract: Contract): readonly Conflict[] {
  if (!hasSteps(contract)) return []
  const { timeout = DEFAULT_STEP_TIMEOUT, within = DEFAULT_RUN_TIME } = contract.steps as Contract
  const [attempt, run] = [parseDuration(timeout), parseDuration(within)]
  if (attempt === undefined || run === undefined || attempt <= run) return []
  const reason = 'an attempt that may take longer than its run would never be tried again'
  const allowed = `up to '${String(within)}', or a longer within`
  return [
    { field: 'steps.timeout', found: timeout, other: `steps.within '${String(within)}'`, reason, allowed },
  ]
}
