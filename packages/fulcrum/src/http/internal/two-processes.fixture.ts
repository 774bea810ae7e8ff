import type { Binding } from '../../declare/module.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { createRuntime } from '../../enforce/runtime/create-runtime.ts'
import type { RuntimeOperation } from '../../enforce/runtime/compile-operation.ts'
import type { CallRequest, Runtime } from '../../enforce/runtime/runtime.ts'
import { createVirtualClock, type VirtualClock } from '../../kernel/clock-virtual.ts'
import { silentObserver } from '../../kernel/observer.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { plan } from '../../plan/compile-plan.ts'
import { remotePlan } from '../../plan/remote-plan.ts'
import { type InternalFailure, InternalRoute } from './internal-route.ts'
import { RemoteClient } from './remote-client.ts'
import type { Transport, TransportRequest, TransportResponse } from './transport.ts'

export const KEY = 'a key that two processes have in common'

/** What happens to requests on their way. */
export interface Way {
  /** Before the other process sees it; may throw, or answer in its place. */
  before(request: TransportRequest): TransportRequest | Promise<TransportRequest | TransportResponse>
  /** On the way back; may throw. */
  after(response: TransportResponse): TransportResponse | Promise<TransportResponse>
}

const STRAIGHT: Way = { before: (request) => request, after: (response) => response }

export interface TwoProcesses {
  readonly clock: VirtualClock
  /** As they arrived. */
  readonly requests: TransportRequest[]
  /** What the other process has logged. */
  readonly failures: string[]
  readonly route: InternalRoute
  /** Of this process. */
  readonly relay: InternalRoute
  readonly way: { now: Way }
  readonly here: Runtime
  readonly there: Runtime
  call(operation: AnyOperation, input?: unknown, request?: CallRequest): Promise<unknown>
}

export interface Bound {
  readonly operation: AnyOperation
  readonly handler: (input: never, ctx: never) => unknown
  readonly calls?: Binding['calls']
}

/** A module `there` that is called from the modules of this process. */
export function twoProcesses(there: readonly Bound[], here: readonly Bound[] = []): TwoProcesses {
  const clock = createVirtualClock()
  const random = createSeededRandom(1)
  const parts = { store: undefined, clock, random, observer: silentObserver }
  const other = createRuntime({ ...parts, operations: there.map(local) })
  const failures: string[] = []
  const requests: TransportRequest[] = []
  const way = { now: STRAIGHT }
  const failed = ({ operation, status }: InternalFailure): void =>
    void failures.push(`${status} ${operation}`)
  const trust = { clock, keys: [KEY], signer: undefined, failed }
  const route = new InternalRoute({ ...trust, runtime: other })
  const transport = loopback(route, requests, way)
  const client = new RemoteClient({ module: 'there', transport, key: KEY, clock, random })
  const operations = [...here.map(local), ...there.map(({ operation }) => remote(operation))]
  const runtime = createRuntime({ ...parts, operations, remotes: new Map([['there', client]]) })
  const call: TwoProcesses['call'] = (operation, input, request = {}) => {
    const compiled = runtime.find(operation)
    if (compiled === undefined) throw new Error(`no operation ${operation.name}`)
    return clock.drive(compiled.run(compiled.begin(request), input))
  }
  const relay = new InternalRoute({ ...trust, runtime })
  return { clock, requests, failures, route, relay, way, here: runtime, there: other, call }
}

function loopback(route: InternalRoute, requests: TransportRequest[], way: { now: Way }): Transport {
  return {
    server: 'there:4100',
    post: async (sent) => {
      const request = await way.now.before(sent)
      if ('status' in request) return request
      requests.push(request)
      const { path, headers, body } = request
      const call = { path, headers, method: 'POST', body: async () => body, watch() {}, unwatch() {} }
      return way.now.after(await route.answer(call))
    },
    close: async () => {},
  }
}

function local({ operation, handler, calls }: Bound): RuntimeOperation {
  const module = emptyModule(operation)
  const planned = plan(operation, module, { store: undefined })
  return {
    operation,
    handler,
    calls,
    plan: planned,
    module,
    bindDb: undefined,
  }
}

function remote(operation: AnyOperation): RuntimeOperation {
  const place = { module: 'there', url: 'http://there:4100', database: 'own' } as const
  const planned = remotePlan(operation, place)
  return { operation, handler: undefined, plan: planned, module: emptyModule(operation), bindDb: undefined }
}

function emptyModule({ name }: AnyOperation) {
  return {
    kind: 'module',
    name: name.slice(0, name.indexOf('.')),
    db: undefined,
    rows: undefined,
    migrations: undefined,
    bindings: [],
  } as const
}
