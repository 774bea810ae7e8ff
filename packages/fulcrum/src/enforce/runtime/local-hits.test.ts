import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QueryContract } from '../../declare/contract/contract.ts'
import { isDomainError } from '../../declare/error.ts'
import type { Principal } from '../../declare/principal.ts'
import type { Schema } from '../../declare/schema.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { Metrics } from '../../observe/metrics.ts'
import { NEW_TOKEN } from '../../consistency/token.ts'
import { CallSession } from '../session/call-session.ts'
import { type Bound, getThing, newSession, putThing, World } from './instances.fixture.ts'
import type { CallRequest, CompiledOperation } from './runtime.ts'

const cache = { strategy: 'aside', ttl: '2s', negativeTtl: '1s', jitter: 10 } as const

const contracts: readonly QueryContract[] = [
  { consistency: 'eventual', cache },
  { consistency: 'eventual', cache: { ...cache, scope: 'principal' } },
  { consistency: 'eventual', cache: { ...cache, scope: 'tenant', invalidation: 'ttl' } },
  { consistency: 'eventual', cache: { ...cache, refreshEarly: true, staleWhileRevalidate: '1s' } },
  { consistency: 'eventual', cache: { ...cache, grace: '2s' }, latency: { deadline: '500ms' } },
  { consistency: { staleness: '700ms' }, cache },
  { consistency: { staleness: '700ms', onPartition: 'serve-stale', maxStale: '3s' }, cache },
  { consistency: { session: 'read-your-writes' }, cache: { ...cache, invalidation: 'ttl' } },
  { consistency: { session: 'read-your-writes', staleness: '1s' }, cache },
  { consistency: { session: 'monotonic' }, cache: { ...cache, invalidation: 'ttl' } },
  { consistency: { session: 'causal' }, cache, latency: { deadline: '1s' } },
]

/** Its answer has no position: the database was not asked. */
const elsewhere: Bound = {
  ...getThing({ consistency: { session: 'monotonic' }, cache }),
  handler: ({ id }: { id: string }) => ({ is: id }),
}

const queries: readonly { readonly title: string; readonly get: Bound }[] = [
  ...contracts.map((contract) => ({ title: JSON.stringify(contract), get: getThing(contract) })),
  { title: 'not of the database', get: elsewhere },
]

const principals: readonly (Principal | undefined)[] = [
  undefined,
  { id: 'ada' },
  { id: 'ada', tenant: 't' },
  { id: 'bob', tenant: 't' },
  { id: 'bob', tenant: 't', roles: ['admin'] },
]

/** Terms beside principal and session, of which some end a call before it is served. */
const terms: readonly (() => CallRequest)[] = [
  () => ({}),
  () => ({}),
  () => ({}),
  () => ({ budget: 1_000 }),
  () => ({ budget: 0 }),
  () => ({ signal: new AbortController().signal }),
  () => ({ signal: AbortSignal.abort() }),
  () => ({ ifMatch: '"1"' }),
]

const ids = fc.constantFrom<unknown>('a', 'a', 'a', 'b', 7)
const session = fc.option(fc.nat({ max: 4 }), { nil: undefined })
const reading = fc.record({
  kind: fc.constant('get' as const),
  id: ids,
  principal: fc.nat({ max: principals.length - 1 }),
  session,
  terms: fc.nat({ max: terms.length - 1 }),
})
const step = fc.oneof(
  { arbitrary: reading, weight: 6 },
  fc.record({ kind: fc.constant('put' as const), id: fc.constantFrom('a', 'b'), session }),
  fc.record({ kind: fc.constant('write' as const), id: fc.constantFrom('a', 'b', 'unrelated') }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 1, 50, 400, 900, 2_500) }),
  fc.record({ kind: fc.constant('replicate' as const), up: fc.boolean() }),
  fc.record({ kind: fc.constant('primary' as const), up: fc.boolean() }),
  fc.record({ kind: fc.constant('fail over' as const), timeline: fc.integer({ min: 1, max: 4 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer Of> ? Of : never

/** How a call is made. */
type Way = (compiled: CompiledOperation, request: CallRequest, input: unknown) => Promise<unknown>

const byStages: Way = (compiled, request, input) => compiled.run(compiled.begin(request), input)
const directly: Way = (compiled, request, input) => compiled.call(request, input)

/** One history of one application, called in one way. */
class History {
  readonly #world: World
  readonly #way: Way
  readonly #get: Bound
  readonly #put: Bound
  readonly #metrics: Metrics
  readonly #sessions = [
    newSession(),
    newSession(),
    new CallSession(),
    new CallSession([{ ...NEW_TOKEN, epoch: '7/3', w: 5_000 }]),
    // Its calls overlapped a failover.
    new CallSession([
      { ...NEW_TOKEN, epoch: '7/1' },
      { ...NEW_TOKEN, epoch: '7/2', w: 5_000 },
    ]),
  ]
  #writes = 0

  private constructor(
    world: World,
    way: Way,
    { get, put, metrics }: { get: Bound; put: Bound; metrics: Metrics },
  ) {
    this.#world = world
    this.#way = way
    this.#get = get
    this.#put = put
    this.#metrics = metrics
  }

  static async of(get: Bound, way: Way): Promise<History> {
    const [put, metrics] = [putThing(), new Metrics()]
    const world = await World.of([get, put], { observer: metrics })
    world.store.write('a', { is: 'first' })
    return new History(world, way, { get, put, metrics })
  }

  async take(step: Step): Promise<unknown> {
    const { store } = this.#world
    switch (step.kind) {
      case 'get':
        return this.#call(
          this.#get,
          { id: step.id },
          {
            ...terms[step.terms]?.(),
            principal: principals[step.principal],
            session: this.#sessionOf(step.session),
          },
        )
      case 'put':
        this.#writes += 1
        return this.#call(
          this.#put,
          { id: step.id, value: `put ${this.#writes}` },
          {
            session: this.#sessionOf(step.session),
          },
        )
      case 'write':
        this.#writes += 1
        return store.write(step.id, { is: `written ${this.#writes}` })
      case 'pass':
        return this.#world.pass(step.ms)
      case 'replicate':
        store.replayed = step.up ? Infinity : store.lsn
        return undefined
      case 'primary':
        store.isPrimaryUp = step.up
        return undefined
      case 'fail over':
        return store.failOver(`7/${step.timeline}`)
    }
  }

  /** Everything that may be told apart from outside, and what the next calls depend on. */
  get state(): unknown {
    const { reads, clock } = this.#world.store
    return {
      now: clock.now(),
      reads: { ...reads },
      inFlight: this.#world.runtimes[0]?.inFlight,
      served: this.#metrics.operations.map(({ durations, failures }) => [
        durations.map(({ source, histogram: { count, sum } }) => [source, count, sum]),
        [...failures],
      ]),
      sessions: this.#sessions.map(({ tokens, wasReset }) => [tokens, wasReset]),
    }
  }

  async #call({ operation }: Bound, input: unknown, request: CallRequest): Promise<unknown> {
    const compiled = this.#world.runtimes[0]?.find(operation) as CompiledOperation
    try {
      return await this.#world.clock.drive(this.#way(compiled, request, input))
    } catch (error) {
      return isDomainError(error) || isFulcrumError(error) ? { failed: error.code } : { threw: String(error) }
    }
  }

  #sessionOf(index: number | undefined): CallSession | undefined {
    return index === undefined ? undefined : this.#sessions[index]
  }
}

describe('an answer without a call', () => {
  it.each(queries)('is that of the stages, whatever happens: $title', async ({ get }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const [ordinary, quick] = [await History.of(get, byStages), await History.of(get, directly)]
        for (const each of steps) {
          expect(await quick.take(each)).toEqual(await ordinary.take(each))
          expect(quick.state).toEqual(ordinary.state)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('is one promise for all who ask', async () => {
    const { world, compiled } = await filled(getThing({ consistency: 'eventual', cache }))
    const [one, other] = [compiled.call({}, { id: 'a' }), compiled.call({}, { id: 'a' })]
    expect(one).toBe(other)
    expect(await one).toBe('value')
    expect(world.reads).toBe(1)
  })

  it('is not given while the application drains', async () => {
    const { world, compiled } = await filled(getThing({ consistency: 'eventual', cache }))
    await world.runtimes[0]?.drain(1)
    await expect(compiled.call({}, { id: 'a' })).rejects.toMatchObject({ code: 'FUL-3003' })
  })

  it.each(['at once', 'later'])('validates an input once, %s, hit or miss', async (when) => {
    let validations = 0
    const validate = (value: unknown): { value: unknown } | Promise<{ value: unknown }> => {
      validations += 1
      return when === 'later' ? Promise.resolve({ value }) : { value }
    }
    const input: Schema = { '~standard': { version: 1, vendor: 'test', validate } }
    const get = getThing({ consistency: 'eventual', cache })
    const { compiled, world } = await filled({ ...get, operation: { ...get.operation, input } })
    expect(validations).toBe(1)
    expect(await world.clock.drive(compiled.call({}, { id: 'a' }))).toBe('value')
    await world.clock.drive(compiled.call({}, { id: 'b' })).catch(() => {})
    expect([validations, world.reads]).toEqual([3, 2])
  })

  it('times a call that turned out to be no hit from its beginning', async () => {
    const metrics = new Metrics()
    const { world, compiled } = await filled(getThing({ consistency: 'eventual', cache }), metrics)
    world.store.takes = 30
    await world.pass(10_000)
    await world.clock.drive(compiled.call({}, { id: 'a' }))
    const [{ durations } = { durations: [] }] = metrics.operations
    expect(durations.map(({ histogram }) => [histogram.count, histogram.sum])).toEqual([[2, 31]])
  })
})

/** A world in which `a` has been read once. */
async function filled(get: Bound, observer: Metrics = new Metrics()): Promise<Filled> {
  const world = await World.of([get], { observer })
  world.store.write('a', 'value')
  const compiled = world.runtimes[0]?.find(get.operation) as CompiledOperation
  await world.clock.drive(compiled.call({}, { id: 'a' }))
  return { world, compiled }
}

interface Filled {
  readonly world: World
  readonly compiled: CompiledOperation
}
