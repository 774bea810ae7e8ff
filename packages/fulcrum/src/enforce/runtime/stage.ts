import type { Stage, StageName } from '../../plan/plan.ts'
import type { ImportLog } from '../../ports/import-log.ts'
import type { IdempotencyLog } from '../../ports/idempotency-log.ts'
import type { RemotePort } from '../../ports/remote.ts'
import type { Store } from '../../ports/store.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Caches } from '../cache/caches.ts'
import type { OperationCache } from '../cache/operation-cache.ts'
import type { ProjectionReads } from '../messaging/projection-reads.ts'
import type { Outgoing } from '../messaging/outgoing.ts'
import type { Enqueuer } from '../messaging/jobs/enqueuer.ts'
import type { RemoteTokens } from '../session/remote-tokens.ts'
import type { Loss } from '../batch/acceptance.ts'
import type { Runs } from '../steps/runs.ts'
import type { Call } from './call.ts'
import type { InFlight } from './in-flight.ts'

/** A composed rest of a plan: takes a call and its validated input, answers with what the handler returned. */
export type Run = (call: Call, input: unknown) => unknown

/** Fills anew what a command has changed. */
export interface Refills {
  /** Resolves when that is done, or not done in time. Never rejects. */
  fill(command: Call): Promise<void>
}

/** What stages may use besides their settings. */
export interface StageParts {
  readonly store: Store | undefined
  /** Where events go; `undefined` without a store that keeps them. */
  readonly outgoing: Outgoing | undefined
  /** For queries that read projections. */
  readonly projections: ProjectionReads | undefined
  /** For commands that happen once. */
  readonly idempotencyLog: IdempotencyLog | undefined
  /** For commands that import. */
  readonly importLog: ImportLog | undefined
  readonly clock: Clock
  readonly random: Random
  readonly operation: AnyOperation
  /** For operations that use the caches or tell them of changes. */
  readonly caches: Caches
  /** For operations that cache. */
  readonly cache: OperationCache | undefined
  /** For jobs, and for those who enqueue them. `undefined` where no module has any. */
  readonly enqueuer: Enqueuer | undefined
  /** For runs of steps. `undefined` where no command is one. */
  readonly runs: Runs | undefined
  /** What changed tags have read anew. */
  readonly refills: Refills
  readonly inFlight: InFlight
  /** Told of accepted calls that were not carried out. */
  readonly lost: (loss: Loss) => void
  /** The processes of modules that are elsewhere, by module. */
  readonly remotes: ReadonlyMap<string, RemotePort>
  /** `undefined` in an application without sessions. */
  readonly remoteTokens: RemoteTokens | undefined
  /** What reading on behalf of several callers may take, in milliseconds. */
  readonly budget: number
}

/** Makes one stage of one operation, once, at boot. */
export type StageFactory<Name extends StageName> = (
  settings: Extract<Stage, { stage: Name }>,
  next: Run,
  parts: StageParts,
) => Run

/** The store, for stages that a plan only has where one is configured. */
export function storeOf(parts: StageParts): Store {
  if (parts.store === undefined) throw new Error('a plan with a database stage was composed without a store')
  return parts.store
}

/** Where answers are kept, for stages that a plan only has where there is a store. */
export function idempotencyLogOf({ idempotencyLog }: StageParts): IdempotencyLog {
  if (idempotencyLog === undefined)
    throw new Error('a plan with idempotency was composed without a log of answers')
  return idempotencyLog
}

/** The cache of the operation, for stages that a plan only has where the contract caches. */
export function cacheOf(parts: StageParts): OperationCache {
  if (parts.cache === undefined) throw new Error('a plan with a cache stage was composed without a cache')
  return parts.cache
}
