import type { Contract } from '../declare/contract/contract.ts'
import type { Invalidation, SessionLevel } from '../declare/contract/vocabulary.ts'
import { formatDuration } from '../kernel/duration.ts'
import type { Fact } from './facts.ts'
import { type Freshness, freshnessOf } from './freshness.ts'
import { type Plan, type StalenessBounds, stageOf } from './plan.ts'

/** How fresh the answers of a query are, and what its caller sees meanwhile. */
export function freshnessFacts(contract: Contract, plan: Plan): readonly Fact[] {
  const route = stageOf(plan, 'route')
  const facts = [
    route === undefined ? undefined : consistencyFact(freshnessOf(contract), route.target === 'replica'),
    partitionFact(freshnessOf(contract).bounds),
    cacheFact(plan),
  ]
  return facts.filter((fact) => fact !== undefined)
}

const TOPIC = 'Consistency'

const STRONG: Fact = {
  topic: TOPIC,
  short: 'strong',
  promise:
    'Strong: reads the primary, so an answer shows every change that was committed before the request.',
  cost: 'answers while the primary is away, though replicas could give old ones.',
}

const SESSION: Readonly<Record<Exclude<SessionLevel, 'none'>, string>> = {
  'read-your-writes': 'A session always sees its own changes.',
  monotonic: 'A session always sees its own changes, and per tag nothing older than it has seen.',
  causal: 'A session always sees everything that it has written or seen.',
}

function consistencyFact({ isStrong, session, bounds }: Freshness, replicas: boolean): Fact {
  if (isStrong) return STRONG
  const where = replicas
    ? 'reads a healthy replica, otherwise the primary. `Fulcrum-Source` says which.'
    : 'may be served by a replica; none is configured, so it reads the primary.'
  const bounded = bounds.staleness < Infinity
  if (!bounded && session === 'none') {
    const cost = 'the certainty that the latest changes are in the answer.'
    return { topic: TOPIC, short: 'eventual', promise: `Eventual: ${where}`, cost }
  }
  const age = bounded ? `at most ${formatDuration(bounds.staleness)} old` : 'of any age'
  const own = session === 'none' ? '' : ` ${SESSION[session]}`
  return {
    topic: TOPIC,
    short: [bounded ? formatDuration(bounds.staleness) : undefined, session === 'none' ? undefined : session]
      .filter((part) => part !== undefined)
      .join(', '),
    promise: `Bounded: an answer is ${age}, measured by position in the write-ahead log.${own} \`Fulcrum-Source\` says what served it.`,
    cost: `the certainty that the latest changes of others are in the answer: they may be missing for ${bounded ? formatDuration(bounds.staleness) : 'a while'}.`,
  }
}

/** What detects it and what a caller sees. */
function partitionFact({ staleness, inPartition }: StalenessBounds): Fact | undefined {
  if (staleness === 0 || staleness === Infinity) return undefined
  if (inPartition === staleness)
    return {
      topic: 'In a partition',
      short: 'refused',
      promise: 'While nothing in reach can be shown to be fresh enough, calls are refused with 503.',
      cost: 'answers during that time.',
    }
  return {
    topic: 'In a partition',
    short: `up to ${formatDuration(inPartition)} old`,
    promise: `While nothing in reach can be shown to be fresh enough, answers are up to ${formatDuration(inPartition)} old; \`Fulcrum-Stale\` says by how many seconds they are past the bound.`,
    cost: 'the bound during that time.',
  }
}

const ENDS: Readonly<Record<Invalidation, string>> = {
  event: 'a command that changes its tags',
  log: 'any change of its rows, whoever makes it',
  ttl: 'its time',
  version: 'a new version of the operation',
}

function cacheFact(plan: Plan): Fact | undefined {
  const fill = stageOf(plan, 'fill')
  if (fill === undefined) return undefined
  const tiers = [
    stageOf(plan, 'local cache') && 'in the process',
    stageOf(plan, 'shared cache') && 'shared by all instances',
  ].filter((tier) => tier !== undefined)
  const ttl = formatDuration(fill.ttl)
  return {
    topic: 'Cache',
    short: `${ttl}, ends by ${fill.invalidation}`,
    promise: `An answer is kept for ${ttl} (${tiers.join(', ')}) and ends with ${ENDS[fill.invalidation]}. \`Age\` says how old it is.`,
    cost: 'nothing that the lines above promise: an entry is served only while its label shows that they hold.',
  }
}
