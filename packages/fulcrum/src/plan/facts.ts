import type { Contract } from '../declare/contract/contract.ts'
import type { IsolationLevel } from '../declare/contract/vocabulary.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { formatDuration } from '../kernel/duration.ts'
import { freshnessFacts } from './freshness-facts.ts'
import { jobFacts } from './job-facts.ts'
import { type Plan, stageOf } from './plan.ts'

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
    ...(kind === 'query'
      ? [...freshnessFacts(contract, plan), coalesceFact(plan)]
      : [deliveryFact(plan), transactionFact(plan), stepsFact(plan), importFact(plan), batchFact(plan)]),
    idempotencyFact(plan),
    eventsFact(plan),
    preconditionFact(plan),
    ...(kind === 'job' ? jobFacts(plan) : [deadlineFact(plan)]),
    sloFact(contract),
    dataFact(contract),
    becauseFact(contract),
  ]
  return facts.filter((fact) => fact !== undefined)
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

function transactionFact(plan: Plan): Fact | undefined {
  const settings = stageOf(plan, 'transaction')
  if (settings === undefined) return undefined
  const joins = settings.joins.map(code).join(', ')
  const { promise, cost } = ISOLATION[settings.isolation]
  return {
    topic: 'Transaction',
    short: settings.isolation,
    promise: joins === '' ? promise : `${promise} These run inside it: ${joins}.`,
    ...(cost !== undefined && { cost }),
  }
}

function importFact(plan: Plan): Fact | undefined {
  const settings = stageOf(plan, 'import')
  if (settings === undefined) return undefined
  return {
    topic: 'Import',
    short: `batches of ${settings.size} lines`,
    promise: `Takes a stream of rows of any length, and applies it in batches of up to ${settings.size} lines, each of which takes effect once and may take ${formatDuration(settings.timeout)}. Sent again with its key, it goes on where it was cut off, with the same result. Rows that are not valid are reported by their lines, and left out.`,
    cost: 'everything or nothing: what was applied before it was cut off, or failed, stays.',
  }
}

function stepsFact(plan: Plan): Fact | undefined {
  const settings = stageOf(plan, 'steps')
  if (settings === undefined) return undefined
  const within = formatDuration(settings.within)
  return {
    topic: 'Steps',
    short: `steps, within ${within}`,
    promise: `Is done in steps, each of which is remembered: what it does in the database happens once, what it does elsewhere is repeated with the same key until it is known. It goes on when its caller has gone and when its instance is lost. What fails for good, or is not done ${within} after it began, is undone step by step.`,
    cost: 'isolation: others see what the steps have done so far, also where that is undone later. A caller whose deadline comes first gets 504 and asks again with the same key.',
  }
}

function batchFact(plan: Plan): Fact | undefined {
  const settings = stageOf(plan, 'batch')
  if (settings === undefined) return undefined
  const { size, queue } = settings
  const wait = formatDuration(settings.wait)
  if (settings.acknowledge === 'accepted') {
    return {
      topic: 'Throughput',
      short: `accepted, batches of up to ${size}`,
      promise: `Answers with 202 when the call is accepted; it is carried out in a batch of up to ${size}, ${wait} later at the most while the database keeps up.`,
      cost: `what was accepted and is not carried out yet when the process is killed: at most what came within ${wait} and the time of a transaction, and while the database is slow or away up to ${queue} calls and the batches under way. What fails is counted and logged, and its caller is not told. 503 where ${queue} calls wait already.`,
    }
  }
  return {
    topic: 'Throughput',
    short: `batches of up to ${size}`,
    promise: `Calls that arrive together are carried out together, up to ${size} in one transaction, and each gets its own answer: one that fails does not fail the others.`,
    cost: `up to ${wait} of waiting while other batches run, and 503 where ${queue} calls wait already.`,
  }
}

function idempotencyFact(plan: Plan): Fact | undefined {
  const settings = stageOf(plan, 'idempotency')
  if (settings === undefined) return undefined
  const { key, inFlight, ttl } = settings
  const by = key === 'header' ? '`Idempotency-Key`' : 'a key made of the input'
  const kept = formatDuration(ttl)
  const meanwhile = inFlight === 'wait' ? 'waits for its answer' : 'is answered with 409'
  return {
    topic: 'Idempotency',
    short: `once, ${kept}`,
    promise: `Takes effect once for each caller and ${by}: for ${kept} a repetition gets the answer of the first call, with \`Idempotent-Replay: true\`; while that runs, it ${meanwhile}. The same key with another input is answered with 422.`,
    cost: 'one row of storage for each call, and the work of writing and looking for it.',
  }
}

function deliveryFact(plan: Plan): Fact | undefined {
  const settings = stageOf(plan, 'subscription')
  if (settings === undefined) return undefined
  const { events, attempts } = settings
  return {
    topic: 'Delivery',
    short: 'once, in order per key',
    promise: `Applies each ${events.map(code).join(' and ')} exactly once, in order per key, within moments of its COMMIT.`,
    cost: `an event that has failed ${attempts} times: it becomes a dead letter, and those behind it go on.`,
  }
}

function eventsFact(plan: Plan): Fact | undefined {
  const events = stageOf(plan, 'outbox')?.events
  if (events === undefined) return undefined
  const promise = `Tells of what it has done with ${events.map(code).join(', ')}, committed together with that.`
  return { topic: 'Events', short: events.join(', '), promise }
}

function coalesceFact(plan: Plan): Fact | undefined {
  if (stageOf(plan, 'gather')?.coalesces !== true) return undefined
  return {
    topic: 'Throughput',
    short: 'reads together',
    promise:
      'What calls of one moment have to read is read together, on the strictest terms of any of them; each gets its own answer.',
    cost: 'a turn of the event loop, and an answer that depends on who asks.',
  }
}

function preconditionFact(plan: Plan): Fact | undefined {
  const required = stageOf(plan, 'precondition')?.ifMatch
  if (required === undefined || required === false) return undefined
  const missing = required === true ? ', and 428 to a request without the header' : ''
  const promise = `Compares \`If-Match\` with the current version and answers 412 when they differ${missing}.`
  return { topic: 'Optimistic concurrency', short: 'If-Match', promise }
}

function deadlineFact(plan: Plan): Fact | undefined {
  const budget = stageOf(plan, 'deadline')?.overHttp
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
