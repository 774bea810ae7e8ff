import type { ConsistencyBounds, Contract, TransactionTerms } from '../../declare/contract/contract.ts'
import type { IsolationLevel, SessionLevel } from '../../declare/contract/vocabulary.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { formatDuration } from '../../kernel/duration.ts'
import type { Plan, Stage, StageName } from '../../plan/plan.ts'

/** One thing that an operation's contract means to its callers. */
export interface Fact {
  /** `Consistency`, `Deadline`. */
  readonly topic: string
  /** The same in a word or two: `strong`, `250ms`. */
  readonly short: string
  /** What callers get, in sentences. */
  readonly promise: string
  /** What is given up for it: reads after "Gives up:". Left out where nothing is. */
  readonly cost?: string
}

/** What the contract of an operation promises its callers and what it gives up, in prose. */
export function factsOf({ contract, kind }: AnyOperation, plan: Plan): readonly Fact[] {
  const facts = [
    kind === 'query' ? consistencyFact(contract, plan) : transactionFact(contract, plan),
    preconditionFact(plan),
    deadlineFact(plan),
    sloFact(contract),
    dataFact(contract),
    becauseFact(contract),
  ]
  return facts.filter((fact) => fact !== undefined)
}

function stage<Name extends StageName>(plan: Plan, name: Name): Extract<Stage, { stage: Name }> | undefined {
  return plan.stages.find((each): each is Extract<Stage, { stage: Name }> => each.stage === name)
}

function consistencyFact({ consistency = 'strong' }: Contract, plan: Plan): Fact | undefined {
  const route = stage(plan, 'route')
  if (route === undefined) return undefined
  const topic = 'Consistency'
  if (consistency === 'strong') return { topic, ...STRONG }
  const target = route.target === 'replica' ? READS_REPLICA : READS_PRIMARY
  if (consistency !== 'eventual') return boundsFact(consistency, target)
  const cost = 'the certainty that the latest changes are in the answer.'
  return { topic, short: 'eventual', promise: `Eventual: ${target}`, cost }
}

const STRONG = {
  short: 'strong',
  promise:
    'Strong: reads the primary, so an answer shows every change that was committed before the request.',
  cost: 'answers while the primary is away, though replicas could give old ones.',
}
const READS_REPLICA = 'reads a healthy replica, otherwise the primary. `Fulcrum-Source` says which.'
const READS_PRIMARY = 'may be served by a replica; none is configured, so it reads the primary.'

const SESSION: Readonly<Record<SessionLevel, string | undefined>> = {
  none: undefined,
  'read-your-writes': 'A session sees its own changes.',
  monotonic: 'A session never goes back in time on the same data.',
  causal: 'A session sees everything that what it has seen depends on.',
}

function boundsFact(bounds: ConsistencyBounds, target: string): Fact {
  const { staleness = 'any', session = 'none', onPartition = 'reject', maxStale, snapshot } = bounds
  const bound = staleness === 'any' ? 'No bound on its age' : `Never older than ${staleness}`
  const stale = maxStale === undefined ? '' : `, up to ${maxStale}`
  const cost =
    onPartition === 'serve-stale'
      ? `the bound, where it cannot be shown to hold: an older answer is served${stale}, and says so in \`Fulcrum-Stale\`.`
      : 'answers where the bound cannot be shown to hold: the request is refused.'
  const sentences = [
    `${bound}: ${target}`,
    SESSION[session],
    snapshot === true ? 'All statements see one snapshot.' : undefined,
  ]
  return {
    topic: 'Consistency',
    short: staleness === 'any' ? (session === 'none' ? 'eventual' : session) : `${staleness} old at most`,
    promise: sentences.filter((sentence) => sentence !== undefined).join(' '),
    ...(staleness !== 'any' || session !== 'none' ? { cost } : {}),
  }
}

const ISOLATION: Readonly<Record<IsolationLevel, Pick<Fact, 'promise' | 'cost'>>> = {
  serializable: {
    promise: 'One serializable transaction: it takes effect as if it ran alone, entirely or not at all.',
    cost: 'speed under contention: after a conflict it is run again, and answers 503 when no attempt got through.',
  },
  'repeatable read': {
    promise: 'One repeatable-read transaction: it sees one snapshot and takes effect entirely or not at all.',
    cost: 'protection against write skew: two of them may each act on what the other is about to change.',
  },
  'read committed': {
    promise: 'One read-committed transaction: it takes effect entirely or not at all.',
    cost: 'one view of the data: each of its statements sees what is committed by then.',
  },
}

function transactionFact({ transaction }: Contract, plan: Plan): Fact | undefined {
  const settings = stage(plan, 'transaction')
  if (settings === undefined) return undefined
  const { promise, cost } = ISOLATION[settings.isolation]
  const extra = [joined(settings.joins), durable(transaction)].filter((sentence) => sentence !== undefined)
  return {
    topic: 'Transaction',
    short: settings.isolation,
    promise: [promise, ...extra].join(' '),
    ...(cost !== undefined && { cost }),
  }
}

function joined(joins: readonly string[]): string | undefined {
  return joins.length === 0 ? undefined : `These run inside it: ${joins.map(code).join(', ')}.`
}

function durable(terms: TransactionTerms | undefined): string | undefined {
  return terms?.durability === 'replicated' ? 'Answers once a synchronous standby has the change.' : undefined
}

function preconditionFact(plan: Plan): Fact | undefined {
  const required = stage(plan, 'precondition')?.ifMatch
  if (required === undefined || required === false) return undefined
  const missing = required === true ? ', and 428 to a request without the header' : ''
  const promise = `Compares \`If-Match\` with the current version and answers 412 when they differ${missing}.`
  return { topic: 'Optimistic concurrency', short: 'If-Match', promise }
}

function deadlineFact(plan: Plan): Fact | undefined {
  const budget = stage(plan, 'deadline')?.overHttp
  if (budget === undefined) return undefined
  const promise = `Answers within ${formatDuration(budget)}, or with 504 and its statements cancelled.`
  const promised = `${promise} A caller may ask for less with \`Fulcrum-Deadline\`.`
  return { topic: 'Deadline', short: `within ${formatDuration(budget)}`, promise: promised }
}

function sloFact({ slo }: Contract): Fact | undefined {
  if (slo === undefined) return undefined
  const { availability, latency, window = '30d' } = slo
  const aims = [
    availability === undefined ? undefined : `${availability} % of calls succeed`,
    latency === undefined ? undefined : `${latency.target} % finish under ${latency.under}`,
  ].filter((aim) => aim !== undefined)
  if (aims.length === 0) return undefined
  const short = availability === undefined ? `${latency?.under}` : `${availability} %`
  return { topic: 'Objective', short, promise: `${aims.join(', ')}, over ${window}.` }
}

function dataFact({ data }: Contract): Fact | undefined {
  if (data === undefined) return undefined
  const fields = Object.entries(data.fields ?? {}).map(([path, dataClass]) => `${code(path)} is ${dataClass}`)
  const whole = data.class === undefined ? [] : [`Carries ${data.class} data`]
  const sentences = [...whole, ...fields]
  if (sentences.length === 0) return undefined
  return { topic: 'Data', short: data.class ?? 'classified', promise: `${sentences.join('; ')}.` }
}

function becauseFact({ because }: Contract): Fact | undefined {
  const ids = because === undefined ? [] : [because].flat()
  if (ids.length === 0) return undefined
  return { topic: 'Decision', short: ids.join(', '), promise: `See ${ids.map(code).join(', ')}.` }
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``
}
