import { z } from 'zod'
import { sharedMemory } from '../../adapters/memory/shared-memory.ts'
import { command } from '../../declare/command.ts'
import type { CommandContext, ManyContext, QueryContext } from '../../declare/context.ts'
import type { CommandContract, QueryContract } from '../../declare/contract/contract.ts'
import { error, type ErrorDeclaration } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Outcome } from '../../declare/outcome.ts'
import { query } from '../../declare/query.ts'
import type { Module } from '../../declare/module.ts'
import { tag, type TagDeclaration } from '../../declare/tag.ts'
import { createVirtualClock, type VirtualClock } from '../../kernel/clock-virtual.ts'
import { type Observer, silentObserver } from '../../kernel/observer.ts'
import type { Random } from '../../kernel/random.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { plan } from '../../plan/compile-plan.ts'
import type { Capabilities } from '../../plan/plan.ts'
import type { SharedCache, SharedCacheSource } from '../../ports/shared-cache.ts'
import { AuditCounts } from '../../observe/audit-counts.ts'
import { Auditor } from '../audit/auditor.ts'
import type { Loss } from '../batch/acceptance.ts'
import { Caches } from '../cache/caches.ts'
import { type LocalBounds, LOCAL_BOUNDS } from '../cache/local-tier.ts'
import { CallSession } from '../session/call-session.ts'
import type { Call } from './call.ts'
import type { RuntimeOperation } from './compile-operation.ts'
import { createRuntime } from './create-runtime.ts'
import type { CallRequest, Runtime } from './runtime.ts'
import { MemoryStore } from './store.fixture.ts'

export const thing: TagDeclaration<[string]> = tag('thing', z.string())
export const Missing: ErrorDeclaration<'m.Missing', { id: string }> = error('m.Missing', {
  status: 404,
  data: z.object({ id: z.string() }),
})
export const Busy: ErrorDeclaration<'m.Busy', undefined> = error('m.Busy', { status: 409 })

type Handler = (input: never, ctx: never) => unknown

/** An operation with its handler, planned for the store and the shared cache. */
export interface Bound {
  readonly operation: AnyOperation
  /** None: it is a batched command, whose form for many takes its place. */
  readonly handler?: Handler
  /** The bulk form of the handler. */
  readonly many?: Handler
  /** The module has no tables. */
  readonly isElsewhere?: boolean
}

/** One that is not carried out in batches. */
export type Handled = Bound & Required<Pick<Bound, 'handler'>>

/** Reads `thing(id)`: the value that was put last, or `m.Missing`. */
export function getThing(contract: QueryContract, name = 'm.get'): Handled {
  const operation = query(name, {
    input: z.object({ id: z.string() }),
    output: z.unknown(),
    errors: [Missing],
    reads: ({ id }) => [thing(id)],
    contract,
  })
  const handler = async ({ id }: { id: string }, { sql, fail }: QueryContext<unknown, typeof Missing>) => {
    const { rows } = await sql.query<{ value: unknown }>(`get ${id}`)
    return rows[0]?.value ?? fail(Missing, { id })
  }
  return { operation, handler }
}

/** The same, with a bulk form that reads all of them with one statement. */
export function getThings(contract: QueryContract, name = 'm.get'): Handled {
  const many = async (
    inputs: readonly { id: string }[],
    { sql, failure }: ManyContext<unknown, typeof Missing>,
  ): Promise<readonly unknown[]> => {
    const ids = inputs.map(({ id }) => id)
    const { rows } = await sql.query<{ value: unknown }>(`all ${ids.join(' ')}`)
    return rows.map(({ value }, index) => value ?? failure(Missing, { id: ids[index] as string }))
  }
  return { ...getThing(contract, name), many }
}

/** Puts a value, and changes `thing(id)`. */
export function putThing(contract: CommandContract = {}, name = 'm.put'): Handled {
  const operation = command(name, {
    input: z.object({ id: z.string(), value: z.string() }),
    changes: ({ id }) => [thing(id)],
    contract,
  })
  const handler = async ({ id, value }: { id: string; value: string }, { sql }: CommandContext) => {
    await sql.query(`set ${id} ${value}`)
  }
  return { operation, handler }
}

export interface WorldOptions {
  readonly instances?: number
  /** Default: there is one where there are several instances. */
  readonly isShared?: boolean
  readonly local?: LocalBounds
  readonly hasStore?: boolean
  readonly hasReplica?: boolean
  readonly observer?: Observer
  /** Told of accepted calls that were not carried out. */
  readonly lost?: (loss: Loss) => void
  /** The shared cache. Default: the memory. */
  readonly source?: (clock: VirtualClock) => SharedCacheSource
  /** Of the answers of caches and replicas; default: none is audited. */
  readonly audited?: number
  /** Puts something between an instance and the shared cache. */
  readonly between?: (cache: SharedCache, instance: number) => SharedCache
}

/** What a call came to. */
export interface Answer {
  readonly value: unknown
  readonly call: Call
}

/** What a bulk read came to. */
export interface BulkAnswer {
  readonly outcomes: readonly Outcome<unknown>[]
  readonly whole: Call
}

/** Several instances of an application, in one process, on one clock, one store and one shared cache. */
export class World {
  readonly clock: VirtualClock
  readonly store: MemoryStore
  readonly caches: Caches[] = []
  readonly runtimes: Runtime[] = []
  /** Of each instance. */
  readonly auditors: Auditor[] = []
  /** What audits have found, by operation. */
  readonly audits: Map<string, AuditCounts> = new Map()
  /** What audits have said. */
  readonly log: string[] = []

  private constructor(clock: VirtualClock) {
    this.clock = clock
    this.store = new MemoryStore(clock)
  }

  static async of(operations: readonly Bound[], options: WorldOptions = {}): Promise<World> {
    const world = new World(createVirtualClock())
    const { instances = 1, isShared = instances > 1, hasStore = true, hasReplica = true } = options
    const source = (options.source ?? sharedMemory)(world.clock)
    const capabilities = {
      store: hasStore ? { ...world.store.capabilities, replicas: hasReplica } : undefined,
      sharedCache: isShared ? source.capabilities : undefined,
    }
    const planned = operations.map((bound) => plannedFor(bound, capabilities))
    for (let instance = 0; instance < instances; instance += 1) {
      const random = createSeededRandom(`instance ${instance}`)
      const dependencies = { clock: world.clock, random, log: () => {} }
      const cache = isShared ? await source.open(dependencies) : undefined
      const shared = cache && (options.between?.(cache, instance) ?? cache)
      const store = hasStore ? world.store : undefined
      const { clock } = world
      const caches = new Caches({
        local: options.local ?? LOCAL_BOUNDS,
        shared,
        freshness: store?.freshness,
        clock,
        random,
      })
      await shared?.start()
      const observer = options.observer ?? silentObserver
      world.caches.push(caches)
      const auditor = world.#auditor(random, options)
      const lost = options.lost ?? (() => {})
      const parts = { operations: planned, store, clock, random, observer, caches, auditor, lost }
      world.runtimes.push(createRuntime(parts))
    }
    return world
  }

  #auditor(random: Random, { audited: share = 0, hasStore = true }: WorldOptions): Auditor | undefined {
    if (share === 0 || !hasStore) return undefined
    const log = (line: string): void => void this.log.push(line)
    const counts = (operation: string): AuditCounts => {
      const known = this.audits.get(operation) ?? new AuditCounts(operation)
      this.audits.set(operation, known)
      return known
    }
    const auditor = new Auditor({ clock: this.clock, random, store: this.store, log, share, counts })
    this.auditors.push(auditor)
    return auditor
  }

  /** Calls an operation, and says what is known of its answer. Does not move time. */
  ask(
    { operation }: Bound,
    input: unknown,
    { on = 0, ...request }: CallRequest & { on?: number } = {},
  ): Promise<Answer> {
    const compiled = this.runtimes[on]?.find(operation)
    if (compiled === undefined) throw new Error(`no operation ${operation.name}`)
    const call = compiled.begin(request)
    return compiled.run(call, input).then((value) => ({ value, call }))
  }

  /** The same, until it is answered. */
  get(...args: Parameters<World['ask']>): Promise<Answer> {
    return this.clock.drive(this.ask(...args))
  }

  /** Reads many in bulk; says what each came to, and what is known of the whole. Does not move time. */
  async askMany(
    { operation }: Bound,
    inputs: readonly unknown[],
    { on = 0, ...request }: CallRequest & { on?: number } = {},
  ): Promise<BulkAnswer> {
    const compiled = this.runtimes[on]?.find(operation)
    if (compiled === undefined) throw new Error(`no operation ${operation.name}`)
    const whole = compiled.begin(request)
    return { outcomes: await compiled.runMany(whole, inputs), whole }
  }

  /** The same, until all are answered. */
  getMany(...args: Parameters<World['askMany']>): Promise<BulkAnswer> {
    return this.clock.drive(this.askMany(...args))
  }

  /** Lets time pass. */
  pass(ms: number): Promise<void> {
    return this.clock.runUntil(this.clock.now() + ms)
  }

  /** The statements that the store has run. */
  get reads(): number {
    const { primary, replica } = this.store.reads
    return primary + replica
  }
}

/** A shared cache with other methods. */
export function instead(cache: SharedCache, methods: Partial<SharedCache>): SharedCache {
  return new Proxy(cache, {
    get: (target, name) => {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name) as unknown
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

/** A session that has done nothing yet. */
export function newSession(): CallSession {
  return new CallSession([{ epoch: undefined, w: 0, floor: 0, sawFloor: 0, rxFloor: 0, tags: new Map() }])
}

function plannedFor(
  { operation, handler, many, isElsewhere = false }: Bound,
  capabilities: Capabilities,
): RuntimeOperation {
  const hasTables = capabilities.store !== undefined && !isElsewhere
  const module: Module = {
    kind: 'module',
    name: 'm',
    db: undefined,
    rows: {},
    migrations: hasTables ? [] : undefined,
    bindings: [{ target: operation, handler, many }],
  }
  const planned = plan(operation, module, capabilities)
  if (planned.refusals.length > 0) throw new Error(planned.refusals.map(String).join('\n'))
  return { operation, handler, many, plan: planned, module, bindDb: undefined }
}
