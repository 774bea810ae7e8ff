import type { Field } from '../field.ts'
import {
  duration,
  either,
  flag,
  functionOf,
  listOf,
  literals,
  rate,
  record,
  values,
  wholeFrom,
} from '../values.ts'
import { ACKNOWLEDGE, DURABILITY, IF_MATCH, IN_FLIGHT, ISOLATION_LEVELS, JOB_SCOPES } from '../vocabulary.ts'

const command = ['command'] as const
const query = ['query'] as const
const delivered = ['job', 'subscriber'] as const
const jobs = ['job'] as const

const signatures = listOf(values('command signatures', (value) => isCommand(value)))

function isCommand(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && (value as { readonly kind?: unknown }).kind === 'command'
  )
}

/** What a change is checked against, when it counts as made, and how often it is made. */
export const WRITING: readonly Field[] = [
  {
    path: 'transaction.isolation',
    kinds: ['command', 'job', 'subscriber', 'projection'],
    allowed: literals(ISOLATION_LEVELS),
    default: "'serializable'",
    meaning:
      'Against what concurrent changes the transaction is checked. It is run again on serialization failures and deadlocks (SQLSTATE 40001, 40P01), with jitter and within the deadline.',
    enforced: 'all',
  },
  {
    path: 'transaction.scope',
    kinds: jobs,
    allowed: literals(JOB_SCOPES),
    default: "'run'",
    meaning:
      "What is one transaction. `'run'`: all of a run, and of all runs of one job a single one is committed, whatever is lost. `'statement'`: each statement by itself, for work whose effects are elsewhere; the job is done at least once.",
    enforced: 'all',
  },
  {
    path: 'transaction.durability',
    kinds: command,
    allowed: literals(DURABILITY),
    default: "'local'",
    meaning:
      "What an answer means: `'local'`, the primary has it on disk; `'replicated'`, a synchronous standby shows it. Where that is not confirmed by the deadline, the answer is `FUL-3016`: the change was made, and must not be repeated.",
    enforced: 'all',
  },
  {
    path: 'transaction.ifMatch',
    kinds: command,
    allowed: literals(IF_MATCH),
    default: '`false`',
    meaning:
      "Optimistic concurrency through `If-Match` (RFC 9110, 13.1.1). `true`: a request without the header is refused (428). `'optional'`: checked when present. In both cases the handler compares with `ctx.matches(version)`, which answers 412 where it differs. `false`: a request that brings the header is refused, since ignoring it would lose an update.",
    enforced: 'all',
  },
  {
    path: 'transaction.joins',
    kinds: command,
    allowed: signatures,
    default: '`[]`',
    meaning:
      "Commands of other modules that this one may call inside its own transaction. They run at this command's isolation, so none of them may ask for a stronger one.",
    enforced: 'all',
  },
  {
    path: 'throughput.batch',
    kinds: command,
    allowed: record({ size: { values: wholeFrom(1) }, wait: { values: duration } }),
    default: 'off',
    meaning:
      'Calls that arrive together become one transaction and one call of `on(command, { many })`. A batch begins when the one before it has ended, and at the latest with `size` calls or when its first one has waited for `wait`. Ten times `size` may wait; whoever comes then gets 503.',
    enforced: 'all',
  },
  {
    path: 'throughput.acknowledge',
    kinds: command,
    allowed: literals(ACKNOWLEDGE),
    default: "'durable'",
    meaning:
      "When the caller of a batched command is answered. `'durable'`: after COMMIT. `'accepted'`: with 202 when the call waits for its batch, which begins with `size` calls or after `wait`. A process that is killed loses what it has accepted and not carried out: what came within `wait` and the time of a transaction, and while the database is slow or away what the queue holds. What fails is counted (`fulcrum_lost_calls_total`) and logged; nobody else is told.",
    enforced: 'all',
  },
  {
    path: 'throughput.coalesce',
    kinds: query,
    allowed: flag,
    default: '`false`',
    meaning:
      'Calls of one turn of the event loop that no cache has answered are read with one call of the bulk form (`many`), up to 1,000, on the strictest terms of any of them. The form is not told who calls (`ctx.principal` throws `FUL-3041`). Each call keeps its deadline, and its answer is judged, labelled and kept by itself.',
    enforced: 'all',
  },
  {
    path: 'idempotency',
    kinds: command,
    allowed: literals(['none']),
    default: 'none without HTTP; over HTTP it has to be stated',
    meaning:
      "What happens when a call is repeated. An object with a `key`: it takes effect once, and repetitions get the answer of the first, which is kept in the transaction of its effects. `'none'`: a repetition is a call of its own. Commands that HTTP exposes state one or the other, since their callers cannot know whether a call without an answer took effect.",
    enforced: 'all',
  },
  {
    path: 'idempotency.key',
    kinds: command,
    allowed: either(literals(['header']), functionOf('the input')),
    default: 'none',
    meaning:
      "What makes two calls the same one, for one principal of one tenant: `'header'`, the caller's `Idempotency-Key` (400 where it is missing), or a part of the input. The same key with another input is refused (422).",
    enforced: 'all',
    required: true,
  },
  {
    path: 'idempotency.ttl',
    kinds: command,
    allowed: duration,
    default: "'24h'",
    meaning:
      'How long an answer is kept for repetitions: the output, or the declared error. What is refused before it runs, and what fails otherwise, is not kept: it has had no effect.',
    enforced: 'all',
  },
  {
    path: 'idempotency.inFlight',
    kinds: command,
    allowed: literals(IN_FLIGHT),
    default: "'reject'",
    meaning:
      "What a repetition gets while the first call still runs: `'reject'`, 409 with `Retry-After`; `'wait'`, the answer, or 409 when its deadline comes first. Nobody holds a connection while waiting.",
    enforced: 'all',
  },
  {
    path: 'delivery.rate',
    kinds: delivered,
    allowed: rate,
    default: 'none',
    meaning: 'How many start per time.',
    enforced: [],
  },
  {
    path: 'delivery.priority',
    kinds: delivered,
    allowed: values('a whole number of 32 bits', isInteger32),
    default: '`0`',
    meaning:
      'Of those that wait for the same job, greater goes first; an enqueued job may state another one.',
    enforced: 'all',
    enforcedFor: jobs,
  },
  {
    path: 'delivery.timeout',
    kinds: ['subscriber'],
    allowed: duration,
    default: 'none',
    meaning: 'How long one delivery may take. For jobs that is `latency.deadline`.',
    enforced: [],
  },
  {
    path: 'delivery.unique',
    kinds: delivered,
    allowed: functionOf('the data'),
    default: 'none',
    meaning:
      'What has the same key waits only once: while a job waits for its first run, another one with its key is not added.',
    enforced: 'all',
    enforcedFor: jobs,
  },
]

function isInteger32(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_647
}
