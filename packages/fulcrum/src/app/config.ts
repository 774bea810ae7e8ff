import type { Module } from '../declare/module.ts'
import type { PrincipalResolver } from '../declare/principal.ts'
import type { EmbeddedSource } from '../adapters/embedded-postgres/source.ts'
import type { GatewaySettings } from '../http/gateway/settings.ts'
import type { Duration } from '../kernel/duration.ts'
import type { Size } from '../kernel/size.ts'
import type { BrokerSource } from '../ports/broker.ts'
import type { SharedCacheSource } from '../ports/shared-cache.ts'
import type { StoreSource } from '../ports/store-source.ts'
import type { App } from './app.ts'
import type { EventsConfig } from './events.ts'
import type { InternalConfig } from './internal-config.ts'
import type { SessionConfig } from './session-config.ts'
import type { StepsConfig } from './steps.ts'

/** Environment variables, as the process has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What an application is made of; what `fulcrum.config.ts` exports. */
export interface AppConfig {
  /** For people: the title of the API document. Default `'Fulcrum application'`. */
  readonly name?: string
  /** The version that the API document states. Default `'0.0.0'`. */
  readonly version?: string
  // Handlers are typed against their own module's query builder; the application takes modules of any.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly modules: readonly Module<any>[]
  /** The database: `postgres({ url })`, `embedded()`, or a function of the environment that returns one. Default: none. */
  readonly store?: StoreOption | ((env: Environment) => StoreOption)
  /**
   * The cache that all instances share: `redis({ url })`, or a function of the environment that returns one, or nothing. Default: none, and each
   * instance has a cache of its own.
   */
  readonly cache?: SharedCacheSource | ((env: Environment) => SharedCacheSource | undefined)
  /**
   * What takes events to applications with databases of their own, and brings theirs: `nats({ servers, application, publish })`, or a function of the
   * environment that returns one, or nothing. Default: none; events reach whoever works on this database.
   */
  readonly broker?: BrokerSource | ((env: Environment) => BrokerSource | undefined)
  /** What the cache in the process may take, over all operations. Default 100,000 entries and `'64MiB'`. */
  readonly localCache?: LocalCacheBounds
  /** How many answers of caches and replicas are compared with the primary afterwards. Default: one in 1,000. */
  readonly audit?: AuditConfig
  /** Who calls. Default: everybody is anonymous. */
  readonly principal?: PrincipalResolver
  /** `'boot'`: migrations run when the application starts. `'manual'`: `fulcrum migrate` runs them, and the application refuses to start while any is pending. Default `'boot'`. */
  readonly migrations?: 'boot' | 'manual'
  /** What the application needs beside its modules, started before the first request and stopped after the last. */
  readonly services?: readonly Service[]
  /** How callers' sessions travel. Default: in a header, signed with a key that the instances share in the database. */
  readonly session?: SessionConfig
  /**
   * How this process calls others and is called by them, or a function of the environment that says so: what `remote` modules need, and what the
   * process of such a module needs. Default: it does neither.
   */
  readonly internal?: InternalConfig | ((env: Environment) => InternalConfig | undefined)
  /** Limits and headers of the HTTP interface. */
  readonly http?: GatewaySettings
  /** What is kept of events. Default `{ keep: '7d' }`. */
  readonly events?: EventsConfig
  /** Whether this instance runs jobs. Default `{ run: true }`. */
  readonly jobs?: JobsConfig
  /** Whether this instance goes on with runs of steps whose instances are gone. Default `{ recover: true }`. */
  readonly steps?: StepsConfig
  /** How long calls and jobs in flight may take to finish when the application stops. Default `'10s'`. */
  readonly drain?: Duration
}

export interface LocalCacheBounds {
  readonly entries?: number
  /** About what they take of the heap, with all that is kept of each besides its answer. */
  readonly bytes?: Size
}

export interface AuditConfig {
  /** Of the answers, from 0 (none) to 1 (all, as far as the budget of the audit goes). Default 0.001. */
  readonly share?: number
}

export interface JobsConfig {
  /** `false`: it enqueues jobs and leaves running them, and their schedules, to other instances. */
  readonly run?: boolean
}

export type StoreOption = StoreSource | EmbeddedSource

/** Something with a lifetime of its own: a child process, a connection. */
export interface Service {
  /** For people: named when it does not start or stop in time. */
  readonly name: string
  /** Starts it; what it returns stops it. */
  readonly start: (
    app: App,
  ) => (() => void | Promise<void>) | void | Promise<(() => void | Promise<void>) | void>
}

/** Types a configuration; returns it as it is. */
export function defineConfig(config: AppConfig): AppConfig {
  return config
}
