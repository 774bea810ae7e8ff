import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import type { CommandContext, QueryContext } from '../../declare/context.ts'
import { error, isDomainError } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { query } from '../../declare/query.ts'
import { createVirtualClock, type VirtualClock } from '../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { Metrics } from '../../observe/metrics.ts'
import type { OperationMetrics } from '../../observe/operation-metrics.ts'
import type { Plan, Stage } from '../../plan/plan.ts'
import { constant } from '../../predict/distribution.ts'
import { ModelledStore, type StoreModel } from '../../predict/modelled-store.ts'
import type { RuntimeOperation } from './compile-operation.ts'
import { createRuntime } from './create-runtime.ts'
import type { CallRequest, CompiledOperation, Runtime } from './runtime.ts'

type Handler = (input: never, ctx: never) => unknown

const reason = 'test'
const ANY_AGE = { staleness: Infinity, inPartition: Infinity }
const run: Stage = { stage: 'run', reason }
const read: Stage = {
  stage: 'route',
  target: 'primary',
  lane: 'dedicated',
  bracket: 'none',
  sees: 'each',
  level: 'none',
  bounds: ANY_AGE,
  reason,
}
const commit: Stage = {
  stage: 'transaction',
  isolation: 'serializable',
  durability: 'local',
  joins: [],
  reason,
}
const again: Stage = { stage: 'retry', on: 'serialization failure', reason }
const within = (ms: number): Stage => ({ stage: 'deadline', overHttp: ms, otherwise: ms, reason })

function bound(
  operation: AnyOperation,
  handler: Handler,
  stages: readonly Stage[] = [run],
): RuntimeOperation {
  const plan: Plan = { operation: operation.name, kind: operation.kind, stages, absent: [], refusals: [] }
  const module = {
    kind: 'module',
    name: 'm',
    db: undefined,
    rows: undefined,
    migrations: undefined,
    bindings: [],
  } as const
  return { operation, handler, plan, module, bindDb: undefined }
}

interface World {
  readonly clock: VirtualClock
  readonly store: ModelledStore
  readonly metrics: Metrics
  readonly runtime: Runtime
  call(operation: AnyOperation, input?: unknown, request?: CallRequest): Promise<unknown>
}

function world(operations: readonly RuntimeOperation[], model: Partial<StoreModel> = {}): World {
  const clock = createVirtualClock()
  const random = createSeededRandom(1)
  const defaults = { replicas: 0, connections: 2, statement: constant(1), commit: constant(1), conflicts: 0 }
  const store = new ModelledStore({ ...defaults, ...model }, clock, random)
  const metrics = new Metrics()
  const runtime = createRuntime({ operations, store, clock, random, observer: metrics })
  const call: World['call'] = (operation, input, request = {}) => {
    const compiled = runtime.find(operation)
    if (compiled === undefined) throw new Error(`no operation ${operation.name}`)
    return clock.drive(compiled.run(compiled.begin(request), input))
  }
  return { clock, store, metrics, runtime, call }
}

const NotFound = error('m.NotFound', { status: 404, data: z.object({ id: z.string() }) })
const Foreign = error('x.Foreign', { status: 409 })

describe('an operation', () => {
  const greet = query('m.greet', {
    input: z.object({ name: z.string().trim() }),
    output: z.object({ text: z.string(), shout: z.boolean().default(false) }),
  })

  it('gets its parsed input and answers with its parsed output', async () => {
    const { call } = world([bound(greet, ({ name }: { name: string }) => ({ text: `hello ${name}` }))])
    expect(await call(greet, { name: '  Ada ' })).toEqual({ text: 'hello Ada', shout: false })
  })

  it('refuses an input with every issue, without running', async () => {
    let ran = false
    const place = query('m.place', { input: z.object({ a: z.string(), b: z.object({ c: z.number() }) }) })
    const { call } = world([bound(place, () => void (ran = true))])
    await expect(call(place, { a: 1, b: { c: 'x' } })).rejects.toMatchObject({
      code: 'FUL-2001',
      operation: 'm.place',
      params: { issues: [{ path: 'a' }, { path: 'b.c' }] },
    })
    expect(ran).toBe(false)
  })

  it('fails when its handler answers with something else than it declares', async () => {
    const { call } = world([bound(greet, () => ({ text: 1 }))])
    await expect(call(greet, { name: 'Ada' })).rejects.toMatchObject({
      code: 'FUL-3008',
      operation: 'm.greet',
    })
  })

  it('fails with declared domain errors as they are, with undeclared ones as a fault of the server', async () => {
    const get = query('m.get', { errors: [NotFound] })
    const bad = query('m.bad', { errors: [NotFound] })
    const { call, metrics } = world([
      bound(get, (_, { fail }: QueryContext<unknown, typeof NotFound>) => fail(NotFound, { id: '7' })),
      bound(bad, (_, { fail }: QueryContext<unknown, typeof Foreign>) => fail(Foreign)),
    ])
    const failure: unknown = await call(get).catch((reason: unknown) => reason)
    expect(isDomainError(failure, NotFound) && failure.data).toEqual({ id: '7' })
    await expect(call(bad)).rejects.toMatchObject({
      code: 'FUL-3009',
      params: { found: 'x.Foreign', declared: 'm.NotFound' },
    })
    expect(metrics.operations.map(({ failures }) => [...failures.keys()])).toEqual([
      ['m.NotFound'],
      ['FUL-3009'],
    ])
  })

  it('counts every success and every failure of a burst, though it times few of them', async () => {
    const ping = query('m.ping', { input: z.number(), errors: [NotFound] })
    const handler = (index: number, { fail }: QueryContext<unknown, typeof NotFound>): void => {
      if (index % 10 === 0) fail(NotFound, { id: String(index) })
    }
    const { runtime, metrics } = world([bound(ping, handler)])
    const [compiled] = runtime.operations as [CompiledOperation]
    const calls = Array.from({ length: 1000 }, (_, index) => compiled.run(compiled.begin({}), index))
    await Promise.allSettled(calls)
    const [{ failures, durations }] = metrics.operations as [OperationMetrics]
    expect(failures).toEqual(new Map([['m.NotFound', 100]]))
    expect(durations.map(({ source, histogram: { count } }) => [source, count])).toEqual([['none', 900]])
  })

  it('passes on what else a handler throws', async () => {
    const { call } = world([bound(greet, () => Promise.reject(new RangeError('boom')))])
    await expect(call(greet, { name: 'Ada' })).rejects.toThrow(RangeError)
  })
})

describe('a deadline', () => {
  const slow = query('m.slow', {})
  const hanging: Handler = () => new Promise(() => {})

  it('ends a call whose handler never looks at it, and gives its connection back', async () => {
    const handler: Handler = async (_: never, { sql }: QueryContext) => {
      await sql`select 1`
      await new Promise(() => {})
    }
    const { call, clock, store } = world([bound(slow, handler, [within(50), read, run])])
    await expect(call(slow)).rejects.toMatchObject({
      code: 'FUL-3001',
      operation: 'm.slow',
      params: { budget: '50ms' },
    })
    expect(clock.now()).toBe(50)
    expect(store.nodes()[0]?.connections.idle).toBe(2)
  })

  it('is the smaller of the operation’s and the caller’s', async () => {
    const { call, clock } = world([bound(slow, hanging, [within(50), run])])
    await expect(call(slow, undefined, { budget: 20 })).rejects.toMatchObject({ code: 'FUL-3001' })
    expect(clock.now()).toBe(20)
  })

  it('refuses statements of a handler that goes on after the end', async () => {
    const late = Promise.withResolvers<unknown>()
    const handler: Handler = async (_: never, { sql }: QueryContext) => {
      await new Promise<void>((resolve) => void clock.timer(80, resolve))
      await sql`select 1`.catch(late.resolve)
    }
    const { call, clock } = world([bound(slow, handler, [within(50), read, run])])
    await expect(call(slow)).rejects.toMatchObject({ code: 'FUL-3001' })
    await clock.run()
    await expect(late.promise).resolves.toMatchObject({ code: 'FUL-3012' })
  })

  it('ends when the caller goes away', async () => {
    const { clock, runtime } = world([bound(slow, hanging, [within(50), run])])
    const compiled = runtime.find(slow)
    const call = compiled?.begin({ overHttp: true })
    clock.timer(5, () => call?.abort())
    await expect(clock.drive(compiled!.run(call!, undefined))).rejects.toMatchObject({ code: 'FUL-2010' })
    expect(clock.now()).toBe(5)
  })

  it('covers nested calls', async () => {
    const outer = query('m.outer', {})
    const handler: Handler = (_: never, { call }: QueryContext) => call(slow)
    const { call, clock } = world([
      bound(outer, handler, [within(30), run]),
      bound(slow, hanging, [within(500), run]),
    ])
    await expect(call(outer)).rejects.toMatchObject({ code: 'FUL-3001' })
    expect(clock.now()).toBe(30)
  })
})

describe('a command', () => {
  const place = command('m.place', {})

  it('is repeated after serialization failures until it commits', async () => {
    const { call, metrics } = world([bound(place, () => undefined, [again, commit, run])], { conflicts: 0.7 })
    for (let index = 0; index < 20; index += 1) await call(place)
    expect(metrics.operations[0]?.retries.get('serialization failure')).toBeGreaterThan(10)
  })

  it('gives up before its deadline rather than at it', async () => {
    const { call, clock } = world([bound(place, () => undefined, [within(100), again, commit, run])], {
      conflicts: 1,
    })
    await expect(call(place)).rejects.toMatchObject({ code: 'FUL-3004', operation: 'm.place' })
    expect(clock.now()).toBeLessThanOrEqual(100)
  })

  it('rolls back by failing: nothing is committed after an error of the handler', async () => {
    const handler: Handler = () => {
      throw new Error('no')
    }
    const { runtime, clock } = world([bound(place, handler, [again, commit, run])])
    const compiled = runtime.find(place)!
    const call = compiled.begin({})
    await expect(clock.drive(compiled.run(call, undefined))).rejects.toThrow('no')
    expect(call.position).toBeUndefined()
  })
})

describe('the output of a command', () => {
  const place = command('m.place', { output: z.object({ id: z.string() }), version: ({ id }) => id })

  it('is held to its schema before COMMIT', async () => {
    const { runtime, clock } = world([bound(place, () => ({ id: 7 }), [commit, run])])
    const compiled = runtime.find(place)!
    const call = compiled.begin({})
    await expect(clock.drive(compiled.run(call, undefined))).rejects.toMatchObject({ code: 'FUL-3008' })
    expect(call.position).toBeUndefined()
  })

  it('tells its version', async () => {
    const { runtime, clock } = world([bound(place, () => ({ id: 'a' }), [commit, run])])
    const compiled = runtime.find(place)!
    const call = compiled.begin({})
    await clock.drive(compiled.run(call, undefined))
    expect([call.version, call.position?.lsn]).toEqual(['a', 2])
  })
})

describe('If-Match', () => {
  const change = command('m.change', { contract: { transaction: { ifMatch: true } } })
  const stages = (ifMatch: true | 'optional'): Stage[] => [
    { stage: 'precondition', ifMatch, reason },
    commit,
    run,
  ]
  const compares: Handler = (_: never, { matches }: CommandContext) => matches(7)

  it('is required where the contract says so', async () => {
    const { call } = world([bound(change, compares, stages(true))])
    await expect(call(change)).rejects.toMatchObject({ code: 'FUL-2009', status: 428 })
    await expect(call(change, undefined, { ifMatch: '"6"' })).rejects.toMatchObject({
      code: 'FUL-2008',
      status: 412,
    })
    await expect(call(change, undefined, { ifMatch: 'seven' })).rejects.toMatchObject({ code: 'FUL-2007' })
    await expect(call(change, undefined, { ifMatch: '"7"' })).resolves.toBeUndefined()
  })

  it('is checked when present where it is optional', async () => {
    const { call } = world([bound(change, compares, stages('optional'))])
    await expect(call(change)).resolves.toBeUndefined()
    await expect(call(change, undefined, { ifMatch: '"6"' })).rejects.toMatchObject({ code: 'FUL-2008' })
  })

  it('is refused where nobody would compare it', async () => {
    const { call } = world([bound(change, () => undefined, [commit, run])])
    await expect(call(change, undefined, { ifMatch: '"7"' })).rejects.toMatchObject({ code: 'FUL-2007' })
  })

  it('does not commit what forgot to compare', async () => {
    const { runtime, clock } = world([bound(change, () => undefined, stages('optional'))])
    const compiled = runtime.find(change)!
    const call = compiled.begin({ ifMatch: '"7"' })
    await expect(clock.drive(compiled.run(call, undefined))).rejects.toMatchObject({ code: 'FUL-3013' })
    expect(call.position).toBeUndefined()
  })
})

describe('nested calls', () => {
  const reserve = command('n.reserve', {})
  const other = command('n.other', {})
  const look = query('n.look', {})
  const place = command('m.place', { contract: { transaction: { joins: [reserve] } } })
  /** What it calls of other modules. */
  const naming = (calls: readonly AnyOperation[], one: RuntimeOperation): RuntimeOperation => ({
    ...one,
    calls,
  })
  const calling =
    (target: AnyOperation): Handler =>
    (_: never, { call }: CommandContext) =>
      call(target as never)

  it('join the transaction: one connection, one commit', async () => {
    const handler: Handler = async (
      _: never,
      { call, sql }: CommandContext<unknown, never, never, 'n.reserve'>,
    ) => {
      await sql`select 1`
      await call(look)
      await call(reserve)
    }
    const inside: Handler = async (_: never, { sql }: QueryContext) => void (await sql`select 1`)
    const operations = [
      naming([look], bound(place, handler, [commit, run])),
      bound(reserve, inside, [commit, run]),
      bound(look, inside, [read, run]),
    ]
    const { call } = world(operations, { connections: 1 })
    await expect(call(place, undefined, { budget: 100 })).resolves.toBeUndefined()
  })

  it('are refused where the types refuse them', async () => {
    const asks = query('m.asks', {})
    const { call } = world([
      bound(place, calling(other), [commit, run]),
      bound(asks, calling(reserve)),
      bound(reserve, () => undefined),
      bound(other, () => undefined),
    ])
    await expect(call(place)).rejects.toMatchObject({
      code: 'FUL-3007',
      params: { callee: 'n.other', allowed: 'queries of its module, n.reserve' },
    })
    await expect(call(asks)).rejects.toMatchObject({ code: 'FUL-3007', params: { callee: 'n.reserve' } })
  })

  it('share the connection of their caller, so that many at once do not wait for each other', async () => {
    const asks = query('m.asks', {})
    const reads: Handler = async (_: never, { sql }: QueryContext) => void (await sql`select 1`)
    const handler: Handler = async (_: never, { call, sql }: QueryContext) => {
      await sql`select 1`
      await call(look)
    }
    const operations = [
      naming([look], bound(asks, handler, [within(1000), read, run])),
      bound(look, reads, [read, run]),
    ]
    const { runtime, clock } = world(operations, { connections: 2 })
    const compiled = runtime.find(asks)!
    const calls = Array.from({ length: 20 }, () => compiled.run(compiled.begin({}), undefined))
    await expect(clock.drive(Promise.all(calls))).resolves.toHaveLength(20)
  })

  it('with an input that the callee refuses are the fault of the handler, not of its caller', async () => {
    const strict = query('n.strict', { input: z.object({ id: z.string() }) })
    const asks = query('m.asks', {})
    const handler: Handler = (_: never, { call }: QueryContext) => call(strict, { id: 7 as never })
    const { call } = world([naming([strict], bound(asks, handler)), bound(strict, () => undefined)])
    await expect(call(asks)).rejects.toMatchObject({ code: 'FUL-3014', status: 500, operation: 'm.asks' })
  })

  it('of other modules are refused where nobody has declared them', async () => {
    const asks = query('m.asks', {})
    const bulk: Handler = (_: never, { callMany }: QueryContext) => callMany(look, [undefined])
    for (const handler of [calling(look), bulk]) {
      const { call } = world([bound(asks, handler), bound(look, () => undefined)])
      await expect(call(asks)).rejects.toMatchObject({
        code: 'FUL-3007',
        params: { callee: 'n.look', reason: expect.stringContaining('`calls`') as string },
      })
    }
    const { call } = world([naming([look], bound(asks, calling(look))), bound(look, () => 7)])
    await expect(call(asks)).resolves.toBeUndefined()
  })

  it('say which operation is missing', async () => {
    const { call } = world([naming([look], bound(place, calling(look), [commit, run]))])
    await expect(call(place)).rejects.toMatchObject({ code: 'FUL-3010', params: { found: 'n.look' } })
  })

  it('tell the source that promises least', async () => {
    const asks = query('m.asks', {})
    const reads: Handler = async (_: never, { sql }: QueryContext) => void (await sql`select 1`)
    const far: Stage = {
      stage: 'route',
      target: 'replica',
      lane: 'dedicated',
      bracket: 'none',
      sees: 'each',
      level: 'none',
      bounds: ANY_AGE,
      reason,
    }
    const operations = [naming([look], bound(asks, calling(look))), bound(look, reads, [far, run])]
    const { runtime, clock } = world(operations, { replicas: 1 })
    const compiled = runtime.find(asks)!
    const call = compiled.begin({})
    await clock.drive(compiled.run(call, undefined))
    expect(call.source).toBe(2)
  })
})

describe('draining', () => {
  it('refuses new calls and waits for those in flight, but not for ever', async () => {
    const slow = query('m.slow', {})
    const { runtime, clock, call } = world([
      bound(slow, () => new Promise((resolve) => void clock.timer(40, () => resolve(undefined)))),
    ])
    const compiled = runtime.find(slow)!
    const first = compiled.run(compiled.begin({}), undefined)
    const drained = runtime.drain(100)
    await expect(call(slow)).rejects.toMatchObject({ code: 'FUL-3003' })
    await clock.drive(first)
    expect(await clock.drive(drained)).toBe(0)
    expect(clock.now()).toBe(40)
  })

  it('says how many are left', async () => {
    const stuck = query('m.stuck', {})
    const { runtime, clock } = world([bound(stuck, () => new Promise(() => {}))])
    const compiled = runtime.find(stuck)!
    void compiled.run(compiled.begin({}), undefined)
    expect(await clock.drive(runtime.drain(100))).toBe(1)
  })
})
