import type { Contract } from '../declare/contract/contract.ts'
import { DEFAULT_INVALIDATION, PIPELINED_UP_TO } from '../declare/contract/defaults.ts'
import type { SessionLevel } from '../declare/contract/vocabulary.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { parseDuration } from '../kernel/duration.ts'
import type { Bracket, NodeRole, ReadTerms, StoreCapabilities } from '../ports/store.ts'
import { cacheStages } from './cache-stages.ts'
import { freshnessOf } from './freshness.ts'
import { hasBulkForm, type ModuleFacts } from './module-facts.ts'
import type { Capabilities } from './plan.ts'
import { absent, deadline, type Drawing, drawn, type Drawn, durationOf, present, run } from './stages.ts'

/** deadline → session → version → local cache → shared cache → single-flight → fill → label → gather → route → projection → run */
export function queryStages(operation: AnyOperation, module: ModuleFacts, capabilities: Capabilities): Drawn {
  const { store } = capabilities
  return drawn([
    deadline(operation),
    ...session(operation),
    ...cacheStages(operation.contract, capabilities),
    ...label(operation),
    ...gather(operation, module),
    ...(store === undefined ? [noRoute()] : route(operation, store)),
    ...projection(operation),
    run(operation),
  ])
}

const SESSION_REASONS: Readonly<Record<Exclude<SessionLevel, 'none'>, string>> = {
  'read-your-writes': 'what the session has written to the tags of the query is in the answer',
  monotonic:
    'what the session has written to, and whatever it has seen of the tags of the query is in the answer',
  causal: 'everything that the session has written or seen is in the answer',
}

function session({ contract }: AnyOperation): Drawing[] {
  const { session: level } = freshnessOf(contract)
  if (level === 'none') return []
  const reason = `consistency.session is '${level}': ${SESSION_REASONS[level]}. A caller without a token is answered by the primary`
  return [present({ stage: 'session', level, reason })]
}

function label({ contract }: AnyOperation): Drawing[] {
  const { session: level } = freshnessOf(contract)
  if (contract.cache !== undefined || (level !== 'monotonic' && level !== 'causal')) return []
  const reason =
    'what was read is labelled with positions, so that the session is shown nothing older from then on'
  return [present({ stage: 'label', reason })]
}

function gather(operation: AnyOperation, module: ModuleFacts): Drawing[] {
  if (!hasBulkForm(operation, module)) return []
  const reason =
    'the handler has a bulk form (many): what a bulk read has not found in a cache is read with one call of it'
  const coalesces = operation.contract.throughput?.coalesce === true
  const others =
    '; throughput.coalesce is true: so is what other calls have not found there in the same turn of the event loop, on the strictest terms of any of them. The form is not told who calls, and where it fails for one input, the others are read without that'
  return [present({ stage: 'gather', coalesces, reason: coalesces ? `${reason}${others}` : reason })]
}

function projection({ projection: read, contract }: AnyOperation): Drawing[] {
  if (read === undefined) return []
  const { isStrong, session: level } = freshnessOf(contract)
  const { name } = read
  if (!isStrong && level === 'none')
    return [absent('projection', `consistency is eventual: it reads ${name} as far as that is`)]
  const needs = isStrong ? 'everything' : 'session'
  const what = isStrong
    ? 'everything that is committed when it is called'
    : 'what the session has written, and everything for a caller without a token'
  const reason = `it reads ${name}, and waits until that has ${what}: for at most four fifths of its deadline, then it answers with 503 (FUL-3050)`
  return [present({ stage: 'projection', projection: name, needs, reason })]
}

function noRoute(): Drawing {
  return absent('route', 'no store is configured, so there is no node to read from')
}

function route({ contract, projection: read }: AnyOperation, store: StoreCapabilities): Drawing[] {
  const { session: level, bounds } = freshnessOf(contract)
  const target = targetOf(contract, store)
  const lane = laneOf(contract.latency?.expect, store)
  const statements = statementsOf(contract, read !== undefined)
  const reason = `${target.reason}; ${lane.reason}${statements.reason}. A call that runs no statement connects to nothing`
  const stage = present({
    stage: 'route',
    target: target.choice,
    lane: lane.choice,
    level,
    bounds,
    bracket: bracketOf(contract),
    sees: statements.choice,
    reason,
  })
  return [stage, ...(target.without ?? []), ...(lane.without ?? [])]
}

/** What later judgements of the answer need: see `Bracket`. */
function bracketOf(contract: Contract): Bracket {
  const { session: level } = freshnessOf(contract)
  if (level === 'monotonic' || level === 'causal') return 'both'
  if (contract.cache === undefined) return 'none'
  const { invalidation = DEFAULT_INVALIDATION } = contract.cache
  if (invalidation === 'log') return 'both'
  return level === 'read-your-writes' || invalidation === 'event' ? 'lower' : 'none'
}

function statementsOf(contract: Contract, readsProjection: boolean): Choice<ReadTerms['sees']> {
  const { session: level, snapshot } = freshnessOf(contract)
  if (snapshot) return { choice: 'snapshot', reason: '; its statements see one snapshot' }
  // A projection never goes back: what it had before the statement it has in it.
  if (readsProjection || (contract.cache === undefined && level === 'none'))
    return { choice: 'each', reason: '' }
  return {
    choice: 'one statement',
    reason: '; it is held to one statement, so that its answer is of one state of the data',
  }
}

interface Choice<T> {
  readonly choice: T
  readonly reason: string
  /** What the contract would have used and the store does not have. */
  readonly without?: readonly Drawing[]
}

function targetOf(contract: Contract, store: StoreCapabilities): Choice<NodeRole> {
  const { isStrong, bounds, session: level } = freshnessOf(contract)
  if (isStrong) {
    const stated =
      contract.consistency === undefined ? 'consistency is strong by default' : 'consistency is strong'
    return {
      choice: 'primary',
      reason: `${stated}: it reads on the primary, which has every committed change`,
    }
  }
  const isBound = bounds.staleness < Infinity || level !== 'none'
  const which = isBound ? 'a replica that is known to have what is demanded' : 'a healthy replica'
  const name = isBound ? 'consistency is bounded' : 'consistency is eventual'
  if (store.replicas) {
    const reason = `${name}: it reads on ${which}, on the primary while there is none`
    return { choice: 'replica', reason }
  }
  const without = [
    absent('replica', `${name}, but ${store.name} has no replicas configured: it reads on the primary`),
  ]
  return {
    choice: 'primary',
    reason: `${name} and there are no replicas: it reads on the primary`,
    without,
  }
}

function laneOf(expected: string | undefined, store: StoreCapabilities): Choice<'pipelined' | 'dedicated'> {
  const expect = durationOf(expected)
  if (expect === undefined)
    return { choice: 'dedicated', reason: 'undeclared reads have a connection of their own' }
  if (expect.ms > (parseDuration(PIPELINED_UP_TO) as number)) {
    const reason = `latency.expect is ${expect.text}, above ${PIPELINED_UP_TO}: it has a connection of its own, so that it delays nobody`
    return { choice: 'dedicated', reason }
  }
  if (store.pipelining) {
    const reason = `latency.expect is ${expect.text}: it shares pipelined connections with other short reads until observed time says otherwise`
    return { choice: 'pipelined', reason }
  }
  const without = [
    absent(
      'pipelined connection',
      `latency.expect is ${expect.text}, but ${store.name} does not share connections`,
    ),
  ]
  return { choice: 'dedicated', reason: 'it has a connection of its own', without }
}
