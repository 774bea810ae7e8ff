import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { query } from '../../declare/query.ts'
import type { RuntimeOperation } from '../../enforce/runtime/compile-operation.ts'
import type { Call } from '../../enforce/runtime/call.ts'
import { createRuntime } from '../../enforce/runtime/create-runtime.ts'
import { createVirtualClock, type VirtualClock } from '../../kernel/clock-virtual.ts'
import { silentObserver } from '../../kernel/observer.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { plan } from '../../plan/compile-plan.ts'
import { createGateway, type GatewayOptions } from './gateway.ts'
import type { Mount } from './mount.ts'
import type { Failure } from './parts.ts'
import type { Abortable, WireBody, WireRequest, WireResponse } from './wire.ts'

const get = query('test.get', {
  input: z.object({ id: z.string() }),
  output: z.unknown(),
  http: 'GET /things/:id',
})
const put = command('test.put', {
  input: z.object({ id: z.string() }),
  http: 'PUT /things/:id',
  contract: { idempotency: 'none' },
})
const hidden = query('test.hidden', { output: z.unknown() })

type Handler = (input: never, ctx: { remaining: number }) => unknown

interface Fixture {
  readonly clock: VirtualClock
  readonly mount: Mount
  readonly failures: Failure[]
}

function fixture(handler: Handler, options: Partial<GatewayOptions> = {}): Fixture {
  const clock = createVirtualClock()
  const random = createSeededRandom('gateway')
  const failures: Failure[] = []
  const facts = { name: 'test', db: undefined, migrations: undefined }
  const bound = (operation: AnyOperation): RuntimeOperation => ({
    operation,
    module: { kind: 'module', rows: undefined, bindings: [], ...facts },
    handler,
    plan: plan(operation, facts, { store: undefined }),
    bindDb: undefined,
  })
  const operations = [get, put, hidden].map((operation) => bound(operation))
  const gateway = createGateway({
    runtime: createRuntime({ operations, store: undefined, clock, random, observer: silentObserver }),
    clock,
    random,
    ready: () => ({ ready: true, state: 'running', nodes: [] }),
    metrics: () => '',
    log: { failed: (failure) => failures.push(failure) },
    ...options,
  })
  return { clock, mount: gateway.mount({ system: true }), failures }
}

/** A request that counts who watches for its end. */
class FakeWire implements WireRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly rawHeaders: readonly string[]
  readonly raw = undefined
  readonly watching = new Set<Abortable>()
  readonly #body: () => WireBody | Promise<WireBody>

  constructor(
    target: string,
    headers: readonly string[] = [],
    body: () => WireBody | Promise<WireBody> = () => undefined,
  ) {
    const [method, url] = target.split(' ') as [string, string]
    const [path, search = ''] = url.split('?') as [string, string?]
    this.method = method
    this.path = path
    this.query = search
    this.rawHeaders = headers
    this.#body = body
  }

  stream(): AsyncIterable<Uint8Array> {
    throw new Error('nobody asks for it')
  }

  header(name: string): string | undefined {
    const index = this.rawHeaders.indexOf(name)
    return index === -1 ? undefined : this.rawHeaders[index + 1]
  }

  body(): WireBody | Promise<WireBody> {
    return this.#body()
  }

  watch(call: Abortable): void {
    this.watching.add(call)
  }

  unwatch(call: Abortable): void {
    this.watching.delete(call)
  }
}

const answer = async ({ mount }: Fixture, wire: WireRequest): Promise<WireResponse> => {
  return (await mount.answer(wire)) ?? mount.refuse(wire)
}

const problem = ({ body }: WireResponse): Record<string, unknown> =>
  JSON.parse(body ?? '{}') as Record<string, unknown>

describe('the gateway', () => {
  it('watches for the caller’s leaving while a call is in flight, and no longer', async () => {
    const wires: FakeWire[] = []
    const seen: number[] = []
    const at = fixture(() => {
      seen.push(wires.at(-1)?.watching.size ?? -1)
      if (seen.length === 2) throw new Error('fails')
      return {}
    })
    for (const target of ['GET /things/1', 'GET /things/1', 'GET /things/1?id=2', 'GET /nowhere']) {
      wires.push(new FakeWire(target))
      await answer(at, wires.at(-1) as FakeWire)
    }
    expect(seen).toEqual([1, 1])
    expect(wires.map(({ watching }) => watching.size)).toEqual([0, 0, 0, 0])
  })

  it('counts the time until the call begins as the caller’s', async () => {
    const at: Fixture = fixture((_, { remaining }) => ({ remaining }), {
      principal: async () => {
        await at.clock.sleep(30)
        return undefined
      },
    })
    const wire = new FakeWire('GET /things/1', ['fulcrum-deadline', '100ms'])
    expect(problem(await at.clock.drive(answer(at, wire)))).toEqual({ remaining: 70 })
    const late = new FakeWire('GET /things/1', ['fulcrum-deadline', '20ms'])
    expect((await at.clock.drive(answer(at, late))).status).toBe(504)
    const patient = new FakeWire('GET /things/1', [])
    expect(problem(await at.clock.drive(answer(at, patient)))).toEqual({ remaining: 1000 })
  })

  it('asks who calls before it reads what they send', async () => {
    const order: string[] = []
    const at = fixture(() => undefined, {
      principal: () => {
        order.push('principal')
        return undefined
      },
    })
    const wire = new FakeWire('PUT /things/1', [], () => {
      order.push('body')
      return undefined
    })
    expect((await answer(at, wire)).status).toBe(204)
    expect(order).toEqual(['principal', 'body'])
  })

  it('logs what is the server’s fault, with the error itself, and nothing else', async () => {
    const cause = new Error('disk full')
    const at = fixture(() => {
      throw cause
    })
    const trace = ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']
    await answer(at, new FakeWire('GET /things/1', ['x-request-id', 'r-1', ...trace]))
    await answer(at, new FakeWire('GET /things/1?id=2'))
    await answer(at, new FakeWire('GET /nowhere'))
    expect(at.failures).toEqual([
      { error: cause, status: 500, requestId: 'r-1', operation: 'test.get', traceId: trace[1]?.slice(3, 35) },
    ])
  })

  it('hands the trace of a request on to a command, where it can be read', async () => {
    const traces: unknown[] = []
    const traced = async (target: string, traceparent: string): Promise<void> => {
      const wire = new FakeWire(target, ['traceparent', traceparent])
      wire.watch = (call) => traces.push((call as Partial<Call>).traceparent)
      await answer(
        fixture(() => undefined),
        wire,
      )
    }
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await traced('PUT /things/1', trace)
    await traced('PUT /things/1', '00-nothing-01')
    expect(traces).toEqual([trace, undefined])
  })

  it('does not tell callers of an input that the handler got wrong when it called another operation', async () => {
    const nested = fixture(async (_, ctx) => {
      const { call } = ctx as unknown as {
        call: (operation: AnyOperation, input: unknown) => Promise<unknown>
      }
      return call(get, { id: 7 })
    })
    const response = problem(await answer(nested, new FakeWire('PUT /things/1')))
    expect(response).toMatchObject({ status: 500, code: 'FUL-3014', operation: 'test.put' })
    expect(response).not.toHaveProperty('issues')
  })

  it('answers an operation’s own ETag only, and calls a caller’s budget spent at zero', async () => {
    const at = fixture(() => ({}))
    const response = await answer(at, new FakeWire('GET /things/1', ['fulcrum-deadline', '0ms']))
    expect([response.status, problem(response)['code']]).toEqual([504, 'FUL-3001'])
    expect((await answer(at, new FakeWire('GET /things/1'))).headers).not.toContain('etag')
  })

  it('has no route for operations without one, and its own only where they are wanted', async () => {
    const at = fixture(() => ({}))
    expect((await answer(at, new FakeWire('GET /hidden'))).status).toBe(404)
    expect((await answer(at, new FakeWire('GET /healthz'))).status).toBe(200)
    expect((await answer(at, new FakeWire('GET /docs'))).status).toBe(404)
  })

  it('makes the API document once, when somebody asks for it, and tries again after a failure', async () => {
    let made = 0
    const at = fixture(() => ({}), {
      openapi: () => {
        made += 1
        if (made === 1) throw new Error('not yet')
        return { json: '{}', html: '<p>', contentSecurityPolicy: "default-src 'none'" }
      },
    })
    expect(made).toBe(0)
    expect((await answer(at, new FakeWire('GET /openapi.json'))).status).toBe(500)
    expect((await answer(at, new FakeWire('GET /openapi.json'))).body).toBe('{}')
    expect((await answer(at, new FakeWire('GET /docs'))).body).toBe('<p>')
    expect(made).toBe(2)
  })
})
