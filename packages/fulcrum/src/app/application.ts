import type { ErrorDeclaration } from '../declare/error.ts'
import type { AnyOperation } from '../declare/operation.ts'
import type { Outcome } from '../declare/outcome.ts'
import type { EnqueueOptions } from '../declare/context.ts'
import type { Caches } from '../enforce/cache/caches.ts'
import type { HotKey } from '../enforce/cache/key-traffic.ts'
import type { TokenSigner } from '../enforce/session/token-signer.ts'
import type { Gateway } from '../http/gateway/gateway.ts'
import { Deadline } from '../kernel/deadline.ts'
import { Disposer } from '../kernel/disposal.ts'
import { formatDuration, parseDuration } from '../kernel/duration.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { AuditReport } from '../observe/audit-counts.ts'
import { Metrics } from '../observe/metrics.ts'
import type { MigrationStep } from '../ports/migrations.ts'
import type {
  Address,
  App,
  AppState,
  CallOptions,
  ListenOptions,
  PlannedOperation,
  Readiness,
} from './app.ts'
import { ApplicationEvents } from './application-events.ts'
import { ApplicationJobs } from './application-jobs.ts'
import { ApplicationSteps } from './application-steps.ts'
import { ApplicationRemotes } from './application-remotes.ts'
import type { AppParts } from './app-parts.ts'
import type { Booted } from './boot.ts'
import { bumpVersion } from './bump-version.ts'
import { call, callMany } from './calls.ts'
import type { AppConfig } from './config.ts'
import { migrate, migrateAtBoot, type MigrateOptions, type Migrating } from './migrate.ts'
import { needsOwnTables, relianceOf } from './reliance.ts'
import { composeRunning, type Running } from './running.ts'
import type { JobsOfApp } from './jobs.ts'
import { openAuditor } from './open-auditor.ts'
import { openCaches } from './open-caches.ts'
import type { Session } from './session.ts'
import type { StepsOfApp } from './steps.ts'
import { tokenSigner } from './session-config.ts'
import { type HeldStore, openStore } from './store-option.ts'
import { startServices } from './start-services.ts'
import { sweepAnswers } from './sweep-answers.ts'

/** How long each part may take to start or to stop. */
const PART_LIMIT_MS = 60_000
const DRAIN_MS = 10_000

/** The composition of everything; see `App` for its states. */
export class Application implements App {
  readonly name: string
  readonly #config: AppConfig
  readonly #booted: Booted
  readonly #parts: AppParts
  readonly #metrics = new Metrics()
  readonly #jobs: ApplicationJobs
  readonly #events: ApplicationEvents
  readonly #steps: ApplicationSteps
  readonly #remotes: ApplicationRemotes
  readonly #disposer: Disposer
  readonly #drainMs: number
  #state: AppState = 'stopped'
  #starting: Promise<App> | undefined
  #closing: Promise<void> | undefined
  #held: HeldStore | undefined
  #running: Running | undefined

  constructor(config: AppConfig, booted: Booted, parts: AppParts) {
    this.name = config.name ?? 'Fulcrum application'
    this.#config = config
    this.#booted = booted
    this.#parts = parts
    this.#jobs = new ApplicationJobs({ ...parts, config, booted })
    this.#events = new ApplicationEvents({ ...parts, config, booted })
    this.#steps = new ApplicationSteps({ ...parts, config, booted })
    this.#remotes = new ApplicationRemotes({ ...parts, booted })
    this.#disposer = new Disposer(parts.clock, { limit: PART_LIMIT_MS })
    this.#drainMs = parseDuration(config.drain) ?? DRAIN_MS
  }

  get state(): AppState {
    return this.#state
  }

  get operations(): readonly PlannedOperation[] {
    return this.#booted.operations.map(({ operation, module: { name }, plan }) => ({
      operation,
      module: name,
      plan,
    }))
  }

  get gateway(): Gateway {
    if (this.#running === undefined) throw this.#notRunning('the HTTP interface')
    return this.#running.gateway
  }

  start(): Promise<App> {
    this.#starting ??= this.#start()
    return this.#starting
  }

  call<Out>(operation: AnyOperation, input?: unknown, options?: CallOptions): Promise<Out> {
    const compiled = this.#running?.runtime.find(operation)
    if (compiled === undefined) return Promise.reject(this.#unknown(operation))
    return call(compiled, input, options) as Promise<Out>
  }

  callMany<Out, Err extends ErrorDeclaration>(
    operation: AnyOperation,
    inputs: readonly unknown[],
    options: CallOptions = {},
  ): Promise<readonly Outcome<Out, Err>[]> {
    const compiled = this.#running?.runtime.find(operation)
    if (compiled === undefined) return Promise.reject(this.#unknown(operation))
    return callMany(compiled, inputs, options) as Promise<readonly Outcome<Out, Err>[]>
  }

  enqueue(job: AnyOperation, input?: unknown, options?: EnqueueOptions): Promise<string> {
    return this.#jobs.enqueue(job, input, options)
  }

  get events(): App['events'] {
    return this.#events.view
  }

  get steps(): StepsOfApp {
    return this.#steps.view
  }

  get jobs(): JobsOfApp {
    return this.#jobs.view
  }

  async bumpVersion(operation: AnyOperation): Promise<void> {
    if (this.#running?.runtime.find(operation) === undefined) throw this.#unknown(operation)
    await bumpVersion(this.#running.caches, operation)
  }

  get internal(): Address | undefined {
    return this.#remotes.address
  }

  session(token: string = ''): Session {
    if (this.#running === undefined) throw this.#notRunning('sessions')
    return this.#running.sessions.open(token)
  }

  async listen(options: ListenOptions = {}): Promise<Address> {
    await this.start()
    const { serve } = await import('../http/servers/fastify.ts')
    const server = await serve(this.gateway, options)
    this.#disposer.use('HTTP server', () => server.close(), this.#drainMs + PART_LIMIT_MS)
    return { url: server.url, port: server.port }
  }

  readiness(): Readiness {
    const nodes = this.#held?.store.nodes() ?? []
    const hasPrimary = nodes.length === 0 || nodes.some(({ role, healthy }) => role === 'primary' && healthy)
    return { ready: this.#state === 'running' && hasPrimary, state: this.#state, nodes }
  }

  statements(): ReturnType<App['statements']> {
    return this.#metrics.operations.map(({ operation, statements }) => ({ operation, statements }))
  }

  audit(): readonly AuditReport[] {
    return this.#metrics.audits
  }

  hotKeys(): readonly HotKey[] {
    const traffic = this.#running?.caches.traffic ?? []
    return traffic.flatMap(({ hot }) => hot).toSorted((a, b) => b.perSecond - a.perSecond)
  }

  async migrate(options: MigrateOptions = {}): Promise<readonly MigrationStep[]> {
    if (this.#held !== undefined) return this.#migrate(this.#held, options)
    const { store } = this.#booted
    if (store === undefined) return []
    const held = await openStore(store, this.#parts)
    try {
      return await this.#migrate(held, options)
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
    if (this.#closing !== undefined) throw this.#notRunning('the application')
    this.#state = 'starting'
    try {
      await this.#startStore()
      const caches = await this.#openCaches()
      await this.#jobs.open(this.#held, this.#disposer)
      this.#steps.open(this.#held, this.#disposer)
      await this.#remotes.open(this.#disposer)
      this.#running = await this.#compose(caches)
      await this.#events.start(this.#running.runtime, this.#disposer)
      this.#jobs.start(this.#disposer)
      this.#steps.start(this.#disposer)
      await startServices(this, this.#config, this.#disposer)
    } catch (error) {
      await this.close()
      throw error
    }
    this.#state = 'running'
    return this
  }

  async #startStore(): Promise<void> {
    const { store } = this.#booted
    if (store === undefined) return
    const held = await openStore(store, this.#parts)
    this.#held = held
    this.#events.open(held)
    this.#disposer.use('store', () => held.close(this.#limit()))
    await migrateAtBoot(this.#migrating(held), this.#parts.log)
    await held.store.start(this.#limit(), relianceOf(this.#booted.operations))
  }

  /** Whoever migrates may make what the application itself perhaps may not: the key of its tokens. */
  async #migrate(held: HeldStore, options: MigrateOptions): Promise<readonly MigrationStep[]> {
    const steps = await migrate(this.#migrating(held), options)
    if (options.dryRun === true) return steps
    await this.#signer(held)
    await this.#jobs.install(held)
    return steps
  }

  #migrating({ migrations, ownTables }: HeldStore): Migrating {
    const own = needsOwnTables(this.#booted.operations) ? ownTables : undefined
    return { migrations, own, config: this.#config, deadline: this.#limit() }
  }

  async #openCaches(): Promise<Caches> {
    const parts = { config: this.#config, booted: this.#booted, held: this.#held, deadline: this.#limit() }
    const { caches, close } = await openCaches({ ...this.#parts, ...parts })
    this.#disposer.use('caches', close)
    return caches
  }

  async #compose(caches: Caches): Promise<Running> {
    const held = this.#held
    const signer = held && (await this.#signer(held))
    const facts = { config: this.#config, booted: this.#booted, metrics: this.#metrics }
    const auditor = openAuditor({ ...this.#parts, ...facts, store: held?.store })
    if (auditor !== undefined) this.#disposer.use('audit', () => auditor.close())
    const kept = { held, events: this.#events, jobs: this.#jobs, runs: this.#steps.runs }
    const parts = { ...facts, ...kept, caches, remotes: this.#remotes, auditor, signer }
    sweepAnswers(this.#booted.operations, held, { ...this.#parts, disposer: this.#disposer })
    const running = await composeRunning({ ...this.#parts, ...parts, readiness: () => this.readiness() })
    await this.#remotes.serve(running.runtime, signer, this.#disposer)
    return running
  }

  async #signer({ secrets }: HeldStore): Promise<TokenSigner | undefined> {
    return tokenSigner(this.#config.session, this.#booted.operations, { secrets, deadline: this.#limit() })
  }

  async #close(): Promise<void> {
    if (this.#state === 'running') this.#state = 'draining'
    this.#jobs.stop()
    const left = (await this.#running?.runtime.drain(this.#drainMs)) ?? 0
    if (left > 0) this.#parts.log(`${left} call(s) were still running after ${formatDuration(this.#drainMs)}`)
    const failures = await this.#disposer.dispose()
    this.#state = 'closed'
    for (const { part, error } of failures) this.#parts.log(`${part} did not stop cleanly: ${String(error)}`)
  }

  #unknown(operation: AnyOperation): FulcrumError {
    if (this.#running === undefined) return this.#notRunning(`the operation ${operation.name}`)
    return fulcrumError('FUL-3010', { found: operation.name, hint: '' })
  }

  #notRunning(part: string): FulcrumError {
    const reason =
      this.#closing === undefined ? 'the application has not started' : 'the application is closed'
    return fulcrumError('FUL-3012', { part, reason })
  }

  #limit(): Deadline {
    return Deadline.after(this.#parts.clock, PART_LIMIT_MS)
  }
}
