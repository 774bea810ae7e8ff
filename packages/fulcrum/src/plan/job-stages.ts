import type { Contract } from '../declare/contract/contract.ts'
import {
  DEFAULT_ISOLATION,
  DEFAULT_JOB_ATTEMPTS,
  DEFAULT_JOB_BACKOFF,
  DEFAULT_JOB_CONCURRENCY,
  DEFAULT_JOB_DEADLINE,
  DEFAULT_JOB_SCOPE,
} from '../declare/contract/defaults.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { formatDuration, parseDuration } from '../kernel/duration.ts'
import type { KeyRule } from '../ports/queue.ts'
import { outbox } from './command-stages.ts'
import type { Stage } from './plan.ts'
import { absent, type Drawing, drawn, type Drawn, present, run } from './stages.ts'

type JobStage = Extract<Stage, { stage: 'job' }>

/** job → deadline → retry → transaction → apply once → run; or job → deadline → statements → run */
export function jobStages(operation: AnyOperation): Drawn {
  const { contract } = operation
  const { scope = DEFAULT_JOB_SCOPE } = contract.transaction ?? {}
  const inner = scope === 'run' ? inTransaction(operation) : byStatement()
  return drawn([queue(operation), deadline(contract), ...inner, run(operation)])
}

function queue({ contract, schedule }: AnyOperation): Drawing {
  const { attempts, backoff, concurrency, priority, unique, order } = contract.delivery ?? {}
  const terms: Omit<JobStage, 'reason'> = {
    stage: 'job',
    attempts: attempts ?? DEFAULT_JOB_ATTEMPTS,
    backoff: parseDuration(backoff ?? DEFAULT_JOB_BACKOFF) as number,
    concurrency: concurrency ?? DEFAULT_JOB_CONCURRENCY,
    priority: priority ?? 0,
    keys: keyRule(unique, order),
    timeout: timeoutOf(contract),
    schedule,
  }
  return present({ ...terms, reason: reasonOf(terms) })
}

function keyRule(unique: unknown, order: unknown): KeyRule {
  if (unique !== undefined) return 'one waits'
  return order === undefined ? 'none' : 'in order'
}

const KEYS: Readonly<Record<KeyRule, string>> = {
  none: '',
  'one waits': '; of those with the same key only one waits for its first run',
  'in order': '; those with the same key run one after the other',
}

function reasonOf({ attempts, backoff, concurrency, keys, schedule }: Omit<JobStage, 'reason'>): string {
  const when =
    schedule === undefined
      ? 'runs when it is enqueued'
      : `runs by itself at '${schedule.cron}' (${schedule.timeZone}), once over all instances`
  const tries =
    attempts === 1
      ? 'one attempt, then it is a dead letter'
      : `up to ${attempts} attempts, ${formatDuration(backoff)} and then twice as long apart, then it is a dead letter`
  return `${when}; at most ${concurrency} at once on each instance; ${tries}${KEYS[keys]}`
}

function timeoutOf({ latency }: Contract): number {
  return parseDuration(latency?.deadline ?? DEFAULT_JOB_DEADLINE) as number
}

function deadline(contract: Contract): Drawing {
  const ms = timeoutOf(contract)
  const declared = contract.latency?.deadline === undefined ? 'by default' : 'as declared'
  const reason = `a run may take ${formatDuration(ms)}, ${declared}: then ctx.signal aborts, its statement is cancelled on the server, and the attempt has failed`
  return present({ stage: 'deadline', overHttp: undefined, otherwise: ms, reason })
}

function inTransaction(operation: AnyOperation): Drawing[] {
  const declared = operation.contract.transaction?.isolation
  const isolation = declared ?? DEFAULT_ISOLATION
  const level = declared === undefined ? `${isolation} by default` : `${isolation}, as declared`
  return [
    present({
      stage: 'retry',
      on: 'serialization failure',
      reason:
        'after serialization failures and deadlocks (40001, 40P01) the run begins again, with jitter and within its deadline; nothing of it remains',
    }),
    present({
      stage: 'transaction',
      isolation,
      durability: 'local',
      joins: [],
      reason: `one transaction on the primary, ${level}, from the first statement on: everything or nothing`,
    }),
    ...outbox(operation),
    present({
      stage: 'apply once',
      reason:
        'COMMIT takes along a note that the job was applied, which exists once: of all attempts at it, one is committed',
    }),
  ]
}

function byStatement(): Drawing[] {
  return [
    present({
      stage: 'statements',
      reason:
        "transaction.scope is 'statement': each statement on the primary takes effect by itself, and so do commands that it calls",
    }),
    absent(
      'apply once',
      "transaction.scope is 'statement': what an attempt has done stays when it fails or its instance is lost, and the next one begins anew",
    ),
  ]
}
