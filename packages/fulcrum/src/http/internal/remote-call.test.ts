import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import type { JobContext, QueryContext } from '../../declare/context.ts'
import { error, isDomainError } from '../../declare/error.ts'
import { job } from '../../declare/job.ts'
import { query } from '../../declare/query.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { NotSent, type TransportResponse } from './transport.ts'
import { type TwoProcesses, twoProcesses, type Way } from './two-processes.fixture.ts'

const Value = z.object({
  at: z.date(),
  big: z.bigint(),
  map: z.map(z.string(), z.number()),
  none: z.undefined(),
})
const Gone = error('there.Gone', { status: 410, data: z.object({ since: z.date() }) })
const echo = query('there.echo', { input: Value, output: Value, errors: [Gone] })
const doubled = query('there.doubled', {
  input: z.object({ n: z.string().transform(Number) }),
  output: z.number().transform((n) => n * 2),
})
const once = command('there.once', {
  input: z.object({ n: z.number() }),
  output: z.number(),
  contract: { idempotency: { key: 'header' } },
})
const plain = command('there.plain', { input: z.object({ n: z.number() }), output: z.number() })
const value = { at: new Date(0), big: 2n ** 70n, map: new Map([['a', 1]]), none: undefined }

const straight: Way = { before: (request) => request, after: (response) => response }
const lost = (): never => {
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
}
const refused = (): never => {
  throw new NotSent('ECONNREFUSED')
}

/** As often as a command was carried out. */
function counting(): { readonly world: TwoProcesses; readonly runs: number[] } {
  const runs: number[] = []
  const handler = ({ n }: { n: number }): number => runs.push(n)
  return { world: twoProcesses([{ operation: plain, handler }]), runs }
}

describe('a call of another process', () => {
  it('takes values there and back as what they are', async () => {
    const { call } = twoProcesses([{ operation: echo, handler: (input: unknown) => input }])
    expect(await call(echo, value)).toEqual(value)
  })

  it('validates the input where it is used, once, and the output where it is made', async () => {
    const { call } = twoProcesses([{ operation: doubled, handler: ({ n }: { n: number }) => n + 1 }])
    expect(await call(doubled, { n: '20' })).toBe(42)
    await expect(call(doubled, { n: 20 })).rejects.toMatchObject({
      code: 'FUL-2001',
      operation: 'there.doubled',
      params: { issues: [{ path: 'n' }] },
    })
  })

  it('fails with the same errors', async () => {
    const failing = (raise: (ctx: QueryContext<unknown, typeof Gone>) => unknown) =>
      twoProcesses([{ operation: echo, handler: (_: never, ctx: never) => raise(ctx) }])
    const since = new Date(5)
    const gone: unknown = await failing(({ fail }) => fail(Gone, { since }))
      .call(echo, value)
      .catch((reason: unknown) => reason)
    expect(isDomainError(gone, Gone) && gone.data).toEqual({ since })
    const own = failing(() => {
      throw fulcrumError('FUL-3002', { dependency: 'the provider', reason: 'it hangs' })
    })
    await expect(own.call(echo, value)).rejects.toMatchObject({
      code: 'FUL-3002',
      params: { dependency: 'the provider' },
    })
    expect(own.failures).toEqual(['503 there.echo'])
  })

  it('does not tell what another process has failed with by itself', async () => {
    const world = twoProcesses([
      {
        operation: echo,
        handler: () => {
          throw new Error('password=secret')
        },
      },
    ])
    await expect(world.call(echo, value)).rejects.toThrow(
      /^FUL-3000 there.echo: The operation failed unexpectedly.$/,
    )
    expect(world.failures).toEqual(['500 there.echo'])
  })

  it('goes with principal, trace, and what is left of the time', async () => {
    const seen: unknown[] = []
    const world = twoProcesses([
      {
        operation: echo,
        handler: (input: unknown, { principal, remaining }: QueryContext) => {
          seen.push(principal, remaining)
          return input
        },
      },
    ])
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const principal = { id: 'ada', tenant: 'lab', roles: ['admin'] }
    await world.call(echo, value, { principal, traceparent, budget: 250 })
    expect(seen).toEqual([principal, 250])
    expect(world.requests[0]?.headers).toMatchObject({ 'fulcrum-deadline': '250ms', traceparent })
  })

  it('refuses what would arrive as something else', async () => {
    const { call } = twoProcesses([{ operation: echo, handler: () => value }])
    await expect(call(echo, { ...value, at: () => 1 })).rejects.toMatchObject({ code: 'FUL-3307' })
  })

  it('is not passed on to a third process', async () => {
    const world = twoProcesses([{ operation: echo, handler: (input: unknown) => input }])
    const [request] = await sent(world)
    const asked = { ...request, method: 'POST', body: async () => request.body, watch() {}, unwatch() {} }
    expect((await world.route.answer(asked)).status).toBe(200)
    const { status, body } = await world.relay.answer(asked)
    expect([status, Buffer.from(body).toString('latin1')]).toEqual([500, expect.stringContaining('FUL-3010')])
  })
})

describe('a call that gets no answer', () => {
  it('is made again where nobody can have got it, whatever it is', async () => {
    const { world, runs } = counting()
    let times = 0
    world.way.now = { ...straight, before: (request) => (++times < 3 ? refused() : request) }
    expect(await world.call(plain, { n: 1 })).toBe(1)
    expect([runs, times]).toEqual([[1], 3])
  })

  it('says that nothing was done where nobody was ever there', async () => {
    const { world, runs } = counting()
    world.way.now = { ...straight, before: refused }
    await expect(world.call(plain, { n: 1 })).rejects.toMatchObject({
      code: 'FUL-3301',
      operation: 'there.plain',
      params: { module: 'there', server: 'there:4100', reason: 'ECONNREFUSED' },
    })
    expect(runs).toEqual([])
  })

  it('is not made again where a command may have taken effect, and says that nobody knows', async () => {
    const { world, runs } = counting()
    world.way.now = { ...straight, after: lost }
    await expect(world.call(plain, { n: 1 })).rejects.toMatchObject({
      code: 'FUL-3302',
      params: { reason: 'ECONNRESET' },
    })
    expect(runs).toEqual([1])
  })

  it('says so as well when the time is over, or something else has answered', async () => {
    const { world } = counting()
    const never = (request: Parameters<Way['before']>[0]): Promise<never> =>
      new Promise((_, reject) =>
        request.signal.addEventListener('abort', () => reject(request.signal.reason as Error)),
      )
    world.way.now = { ...straight, before: never }
    const slow = world.call(plain, { n: 1 }, { budget: 100 })
    await expect(slow).rejects.toMatchObject({ code: 'FUL-3302', params: { reason: 'its time was over' } })
    const body = new TextEncoder().encode('<html>')
    const proxy: TransportResponse = { status: 502, headers: { 'content-type': 'text/html' }, body }
    world.way.now = { ...straight, before: async () => proxy }
    await expect(world.call(plain, { n: 1 })).rejects.toMatchObject({ code: 'FUL-3302' })
  })

  it('is made again for queries, within their time', async () => {
    const world = twoProcesses([{ operation: echo, handler: (input: unknown) => input }])
    let times = 0
    world.way.now = { ...straight, after: (response) => (++times < 3 ? lost() : response) }
    expect(await world.call(echo, value)).toEqual(value)
    expect(world.requests).toHaveLength(3)
    world.way.now = { ...straight, after: lost }
    await expect(world.call(echo, value, { budget: 5_000 })).rejects.toMatchObject({ code: 'FUL-3301' })
    const never = (request: Parameters<Way['before']>[0]): Promise<never> =>
      new Promise((_, reject) =>
        request.signal.addEventListener('abort', () => reject(request.signal.reason as Error)),
      )
    world.way.now = { ...straight, before: never }
    await expect(world.call(echo, value, { budget: 100 })).rejects.toMatchObject({ code: 'FUL-3001' })
  })

  it('is made again, with the same key, where a command happens once', async () => {
    const world = twoProcesses([{ operation: once, handler: () => 1 }])
    world.way.now = { ...straight, after: lost }
    const outcome = world.call(once, { n: 1 }, { idempotencyKey: 'order "7" ü' })
    await expect(outcome).rejects.toMatchObject({ code: 'FUL-3302' })
    const keys = world.requests.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(4)
    expect(new Set(keys).size).toBe(1)
  })

  it('is made again where the other process shuts down, since it has begun nothing', async () => {
    const { world } = counting()
    await world.clock.drive(world.there.drain(1))
    await expect(world.call(plain, { n: 1 })).rejects.toMatchObject({
      code: 'FUL-3301',
      params: { reason: 'it is shutting down' },
    })
    expect(world.requests).toHaveLength(4)
  })
})

describe('what is not signed by a process that is trusted', () => {
  const world = twoProcesses([{ operation: echo, handler: (input: unknown) => input }])
  const ask = async (change: (request: Awaited<ReturnType<typeof sent>>[0]) => object): Promise<unknown> => {
    const [request] = await sent(world)
    const { headers, body, path, ...rest } = { ...request, ...change(request) }
    const asked = { method: 'POST', path, headers, body: async () => body, watch() {}, unwatch() {}, ...rest }
    const { status, body: answer } = await world.clock.drive(world.route.answer(asked))
    return status === 200
      ? 200
      : [
          status,
          Buffer.from(answer)
            .toString('latin1')
            .match(/FUL-\d+/)?.[0],
        ]
  }

  it('reaches no operation', async () => {
    expect(await ask(() => ({}))).toBe(200)
    const nothing = [401, 'FUL-3304']
    expect(await ask(({ headers }) => ({ headers: { ...headers, 'fulcrum-signature': undefined } }))).toEqual(
      nothing,
    )
    expect(await ask(({ body }) => ({ body: new Uint8Array([...body, 0]) }))).toEqual(nothing)
    expect(await ask(({ headers }) => ({ headers: { ...headers, 'fulcrum-token': 'x' } }))).toEqual(nothing)
    expect(await ask(({ headers }) => ({ headers: { ...headers, 'idempotency-key': 'x' } }))).toEqual(nothing)
    expect(await ask(() => ({ path: '/fulcrum/call/there.plain' }))).toEqual(nothing)
    expect(await ask(() => ({ method: 'GET' }))).toEqual(nothing)
  })

  it('is not even read without a signature', async () => {
    let reads = 0
    const body = async (): Promise<Uint8Array> => {
      reads += 1
      return new Uint8Array()
    }
    const asked = {
      method: 'POST',
      path: '/fulcrum/call/there.echo',
      headers: {},
      body,
      watch() {},
      unwatch() {},
    }
    expect((await world.route.answer(asked)).status).toBe(401)
    expect(reads).toBe(0)
  })

  it('is refused once it is old', async () => {
    const [request] = await sent(world)
    await world.clock.runUntil(world.clock.now() + 61_000)
    const asked = { ...request, method: 'POST', body: async () => request.body, watch() {}, unwatch() {} }
    expect((await world.route.answer(asked)).status).toBe(401)
  })
})

/** A request as it is sent. */
async function sent(world: TwoProcesses): Promise<[TwoProcesses['requests'][number]]> {
  await world.call(echo, value)
  return [world.requests.at(-1) as TwoProcesses['requests'][number]]
}

describe('a handler that calls another process', () => {
  const asks = query('here.asks', { output: z.number(), contract: { latency: { deadline: '100ms' } } })

  it('does so by the same signature, and on its own time', async () => {
    const handler = (_: never, { call }: QueryContext): Promise<unknown> => call(doubled, { n: '4' })
    const here = { operation: asks, handler, calls: [doubled] }
    const world = twoProcesses([{ operation: doubled, handler: ({ n }: { n: number }) => n }], [here])
    expect(await world.call(asks)).toBe(8)
    expect(world.requests[0]?.headers['fulcrum-deadline']).toBe('100ms')
  })

  it('is at fault itself where its input is', async () => {
    const handler = (_: never, { call }: QueryContext): Promise<unknown> => call(doubled, { n: 4 as never })
    const here = { operation: asks, handler, calls: [doubled] }
    const world = twoProcesses([{ operation: doubled, handler: () => 1 }], [here])
    await expect(world.call(asks)).rejects.toMatchObject({ code: 'FUL-3014', operation: 'here.asks' })
  })
})

describe('a job that calls a command of another process', () => {
  const work = job('here.work', { contract: { transaction: { scope: 'statement' } } })

  /** The keys of the calls of one attempt. */
  async function keysOf(id: string, inputs: readonly number[]): Promise<unknown[]> {
    const handler = async (_: never, { call }: JobContext): Promise<void> => {
      for (const n of inputs) await call(once, { n })
    }
    const here = { operation: work, handler, calls: [once] }
    const world = twoProcesses([{ operation: once, handler: () => 1 }], [here])
    await world.call(work, undefined, { job: { id, attempt: 1, mayBeApplied: false } })
    return world.requests.map(({ headers }) => headers['idempotency-key'])
  }

  it('gives each call the key that it has had in every attempt', async () => {
    const first = await keysOf('7', [1, 2, 1])
    expect(new Set(first).size).toBe(3)
    expect(await keysOf('7', [1, 2, 1])).toEqual(first)
    expect(await keysOf('7', [1])).toEqual(first.slice(0, 1))
    expect(await keysOf('8', [1])).not.toEqual(first.slice(0, 1))
  })
})
