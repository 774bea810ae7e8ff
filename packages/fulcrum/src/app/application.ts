import type { CallArguments } from '../declare/context.ts'
import type { AnyOperation } from '../declare/operation.ts'
import type { CompiledOperation, Runtime } from '../enforce/runtime/runtime.ts'
import { createGateway, type Gateway } from '../http/gateway/gateway.ts'
import type { Clock } from '../kernel/clock.ts'
import { Deadline } from '../kernel/deadline.ts'
import { Disposer } from '../kernel/disposal.ts'
import { parseDuration } from '../kernel/duration.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { Random } from '../kernel/random.ts'
import { Metrics } from '../observe/metrics.ts'
import type { MigrationStep } from '../ports/migrations.ts'
import type { App, AppState, CallOptions, ListenOptions, PlannedOperation, Readiness } from './app.ts'
import type { Booted } from './boot.ts'
import type { AppConfig } from './config.ts'
import { checkMigrated, migrate, type MigrateOptions, moduleMigrations } from './migrate.ts'
import { runningOperations } from './running-operations.ts'
import { type HeldStore, openStore } from './store-option.ts'

/** How long parts may take to start, each. */
const START_LIMIT_MS = 60_000
const DRAIN_MS = 10_000

/** What an application is given instead of reaching for it. */
export interface AppParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
}

/** The composition of everything; see `App` for its states. */
export class Application implements App {
  readonly name: string
  readonly gateway: Gateway
  readonly #config: AppConfig
  readonly #booted: Booted
  readonly #parts: AppParts
  readonly #metrics = new Metrics()
  readonly #disposer: Disposer
  #state: AppState = 'stopped'
  #starting: Promise<App> | undefined
  #closing: Promise<void> | undefined
  #held: HeldStore | undefined
  #runtime: Runtime | undefined

  constructor(config: AppConfig, booted: Booted, parts: AppParts) {
    this.name = config.name ?? 'Fulcrum application'
    this.#config = config
    this.#booted = booted
    this.#parts = parts
    this.#disposer = new Disposer(parts.clock, { limit: START_LIMIT_MS })
    this.gateway = createGateway({
      info: { title: this.name, version: config.version ?? '0.0.0' },
      operations: booted.operations.map(({ operation, plan }) => ({ operation, plan })),
      find: (operation) => this.#runtime?.find(operation),
      readiness: () => this.readiness(),
      metrics: () => this.#metrics.render({ nodes: this.#nodes(), inFlight: this.#runtime?.inFlight ?? 0 }),
      principal: config.principal,
      settings: config.http,
      ...parts,
    })
  }

  get state(): AppState {
    return this.#state
  }

  get operations(): readonly PlannedOperation[] {
    return this.#booted.operations.map(({ operation, module, plan }) => ({
      operation,
      module: module.name,
      plan,
    }))
  }

  start(): Promise<App> {
    this.#starting ??= this.#start()
    return this.#starting
  }

  async call<In, Out>(
    operation: AnyOperation,
    ...args: CallArguments<In, [options?: CallOptions]>
  ): Promise<Out> {
    const [input, { principal, deadline, signal, ifMatch } = {}] = args
    const compiled = this.#compiled(operation)
    const budget = deadline === undefined ? undefined : budgetOf(deadline)
    return compiled.run(compiled.begin({ principal, budget, signal, ifMatch }), input) as Promise<Out>
  }

  async listen(options: ListenOptions = {}): Promise<{ url: string; port: number }> {
    await this.start()
    const { serve } = await import('../http/servers/fastify.ts')
    const server = await serve(this.gateway, options)
    this.#disposer.use('HTTP server', () => server.close(), this.#drainMs + START_LIMIT_MS)
    return { url: server.url, port: server.port }
  }

  readiness(): Readiness {
    const nodes = this.#nodes()
    const hasPrimary = nodes.length === 0 || nodes.some(({ role, healthy }) => role === 'primary' && healthy)
    return { ready: this.#state === 'running' && hasPrimary, state: this.#state, nodes }
  }

  statements(): ReturnType<App['statements']> {
    return this.#metrics.operations.map(({ operation, statements }) => ({ operation, statements }))
  }

  async migrate(options: MigrateOptions = {}): Promise<readonly MigrationStep[]> {
    if (this.#held !== undefined) return migrate(this.#held.migrations, this.#config, options, this.#limit())
    const { store } = this.#booted
    if (store === undefined) return []
    const held = await openStore(store, this.#parts)
    try {
      return await migrate(held.migrations, this.#config, options, this.#limit())
    } finally {
      await held.close(this.#limit())
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #start(): Promise<App> {
    this.#state = 'starting'
    try {
      await this.#startStore()
      this.#runtime = await runningOperations(this.#booted, {
        ...this.#parts,
        store: this.#held?.store,
        observer: this.#metrics,
      })
      await this.#startServices()
      this.#state = 'running'
      return this
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async #startStore(): Promise<void> {
    const { store } = this.#booted
    if (store === undefined) return
    const held = await openStore(store, this.#parts)
    this.#held = held
    this.#disposer.use('store', () => held.close(this.#limit()))
    await this.#migrateAtBoot(held)
    await held.store.start(this.#limit())
  }

  async #migrateAtBoot({ migrations }: HeldStore): Promise<void> {
    if (this.#config.migrations === 'manual')
      return checkMigrated(await migrations.plan(moduleMigrations(this.#config)))
    const applied = await migrate(migrations, this.#config, {}, this.#limit())
    for (const { module, name } of applied) this.#parts.log(`migrated ${module}: ${name}`)
  }

  async #startServices(): Promise<void> {
    for (const { name, start } of this.#config.services ?? []) {
      const stop = await start(this)
      if (typeof stop === 'function') this.#disposer.use(name, stop)
    }
  }

  async #close(): Promise<void> {
    if (this.#state === 'running') this.#state = 'draining'
    const left = await this.#runtime?.drain(this.#drainMs)
    if (left !== undefined && left > 0)
      this.#parts.log(`${left} call(s) were still running after ${this.#drainMs} ms`)
    const failures = await this.#disposer.dispose()
    this.#state = 'closed'
    for (const { part, error } of failures) this.#parts.log(`${part} did not stop cleanly: ${String(error)}`)
  }

  #compiled(operation: AnyOperation): CompiledOperation {
    const part = `the operation ${operation.name}`
    if (this.#runtime === undefined) {
      const reason =
        this.#state === 'closed' ? 'the application is closed' : 'the application has not started'
      throw fulcrumError('FUL-3012', { part, reason }, { operation: operation.name })
    }
    const compiled = this.#runtime.find(operation)
    if (compiled === undefined) throw fulcrumError('FUL-3010', { found: operation.name, hint: '' })
    return compiled
  }

  #nodes(): Readiness['nodes'] {
    return this.#held?.store.nodes() ?? []
  }

  get #drainMs(): number {
    return parseDuration(this.#config.drain) ?? DRAIN_MS
  }

  #limit(): Deadline {
    return Deadline.after(this.#parts.clock, START_LIMIT_MS)
  }
}

function budgetOf(deadline: unknown): number {
  const budget = parseDuration(deadline)
  if (budget !== undefined) return budget
  throw fulcrumError('FUL-1002', {
    field: 'options.deadline',
    found: String(deadline),
    allowed: "a duration such as '250ms'",
  })
}
