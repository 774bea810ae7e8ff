import type {
  Acknowledge,
  CacheScope,
  Durability,
  IfMatch,
  InFlight,
  Invalidation,
  IsolationLevel,
  SessionLevel,
} from '../declare/contract/vocabulary.ts'
import type { RemoteDatabase } from '../declare/remote.ts'
import type { OperationKind } from '../declare/operation.ts'
import type { Schedule } from '../declare/schedule.ts'
import type { FulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { KeyRule } from '../ports/queue.ts'
import type { SharedCacheCapabilities } from '../ports/shared-cache.ts'
import type { StoreCapabilities, NodeRole, ReadTerms } from '../ports/store.ts'

/** What is configured. Whether it is healthy is a runtime fact and never an input of a plan. */
export interface Capabilities {
  /** `undefined`: no store is configured; operations of modules that use one are refused. */
  readonly store: StoreCapabilities | undefined
  /** `undefined`: there is only the cache in the process. */
  readonly sharedCache?: SharedCacheCapabilities | undefined
}

/** How old an answer may be, in milliseconds. */
export interface StalenessBounds {
  /** `Infinity`: any age. */
  readonly staleness: number
  /** While the bound cannot be shown to hold; at least `staleness`. The same: such answers are refused. */
  readonly inPartition: number
}

/** What an answer has to contain and how old it may be. */
export interface Demands {
  readonly level: SessionLevel
  readonly bounds: StalenessBounds
}

/** One stage of a plan with its settings, outermost first in a plan. `reason` is prose for `explain`. */
export type Stage = { readonly reason: string } & (
  | {
      readonly stage: 'deadline'
      /** Budgets in milliseconds; `undefined`: none. */
      readonly overHttp: number | undefined
      readonly otherwise: number | undefined
    }
  | { readonly stage: 'precondition'; readonly ifMatch: IfMatch }
  | { readonly stage: 'session'; readonly level: Exclude<SessionLevel, 'none'> }
  | { readonly stage: 'version' }
  | ({ readonly stage: 'local cache' } & Demands)
  | ({ readonly stage: 'shared cache' } & Demands)
  | ({
      readonly stage: 'single-flight'
      readonly across: 'process' | 'instances'
      /** Milliseconds past the expiry; 0: not at all. */
      readonly staleWhileRevalidate: number
      readonly grace: number
      /** Milliseconds; `Infinity`: waits for the origin. */
      readonly softTimeout: number
    } & Demands)
  | {
      readonly stage: 'fill'
      readonly scope: CacheScope
      readonly ttl: number
      /** Share of the TTL, 0 to 1. */
      readonly jitter: number
      /** 0: absences are not kept. */
      readonly negativeTtl: number
      readonly refreshEarly: boolean
      /** How long an expired entry may be of use. */
      readonly keep: number
      readonly invalidation: Invalidation
      /** After a change of its tags it is read anew, before the command answers. */
      readonly writesThrough: boolean
    }
  | {
      /** Calls of one bulk read that get here go on together. */
      readonly stage: 'gather'
      /** And so do others that get here in one turn of the event loop. */
      readonly coalesces: boolean
    }
  | ({
      readonly stage: 'route'
      readonly target: NodeRole
    } & Demands &
      Pick<ReadTerms, 'lane' | 'bracket' | 'sees'>)
  | {
      /** Calls that arrive together go on together. */
      readonly stage: 'batch'
      /** So many at the most. */
      readonly size: number
      /** Milliseconds for which the first of them waits at the most. */
      readonly wait: number
      /** So many may wait. */
      readonly queue: number
      /** Whether a call is answered when it was carried out, or when it waits for that. */
      readonly acknowledge: Acknowledge
    }
  | {
      readonly stage: 'idempotency'
      /** Where the key comes from. */
      readonly key: 'header' | 'input'
      readonly inFlight: InFlight
      /** How long answers are kept, in milliseconds. */
      readonly ttl: number
    }
  | { readonly stage: 'retry'; readonly on: 'serialization failure' }
  | {
      readonly stage: 'transaction'
      readonly isolation: IsolationLevel
      readonly durability: Durability
      readonly joins: readonly string[]
    }
  /** Events of the command, and of those that run inside it, are written in the message of its COMMIT. */
  | { readonly stage: 'outbox'; readonly events: readonly string[] }
  /** Inside the transaction: keeps the answer with the effects, for so many milliseconds. */
  | { readonly stage: 'record'; readonly ttl: number }
  /** The input is a stream of rows, which goes on in batches. */
  | {
      readonly stage: 'import'
      /** Lines of a batch at the most, and bytes. */
      readonly size: number
      readonly bytes: number
      /** Milliseconds for a batch. */
      readonly timeout: number
      /** How long it is known how far it is. */
      readonly ttl: number
    }
  /** The handler is a run of steps, which outlives the call that began it. */
  | {
      readonly stage: 'steps'
      /** Milliseconds, like the others. */
      readonly within: number
      readonly attempts: number
      readonly backoff: number
      readonly longestBackoff: number
      readonly timeout: number
      /** How long its answer is kept. */
      readonly ttl: number
    }
  /** How it waits for being run, and when that is done. */
  | {
      readonly stage: 'job'
      readonly attempts: number
      /** Milliseconds. */
      readonly backoff: number
      readonly concurrency: number
      readonly priority: number
      readonly keys: KeyRule
      /** Milliseconds. */
      readonly timeout: number
      readonly schedule: Schedule | undefined
    }
  /** Notes in the transaction that the job is applied by it. */
  | { readonly stage: 'apply once' }
  /** Each statement is a transaction by itself. */
  | { readonly stage: 'statements' }
  /** Events are delivered in order per key, again after a failure, and set aside after the last attempt. */
  | {
      readonly stage: 'subscription'
      readonly events: readonly string[]
      readonly attempts: number
      /** Milliseconds after the first failed attempt, at most; doubled each time. */
      readonly backoff: number
      readonly longestBackoff: number
      readonly concurrency: number
    }
  /** Waits until the projection has what the caller has to see: everything, or what its session has written. */
  | { readonly stage: 'projection'; readonly projection: string; readonly needs: 'everything' | 'session' }
  | { readonly stage: 'label' }
  /** The call is answered by another process. */
  | {
      readonly stage: 'remote'
      readonly module: string
      readonly url: string
      readonly database: RemoteDatabase
      /** Whether it may be asked again where no answer came: a query, or a command that takes effect once. */
      readonly repeats: boolean
    }
  /** After COMMIT, at its position; or after the handler, where there is no transaction. */
  | { readonly stage: 'invalidate'; readonly after: 'commit' | 'run' }
  | { readonly stage: 'run' }
)

export type StageName = Stage['stage']

/** Something that the contract leaves out, or that a missing capability turns off. */
export interface Absence {
  /** A stage, or a part of one in words: `deadline`, `pipelined connection`. */
  readonly stage: string
  /** Prose for `explain`. */
  readonly reason: string
}

/** What a contract becomes on given capabilities. Pure data. */
export interface Plan {
  readonly operation: string
  readonly kind: OperationKind
  /** Empty when there are refusals. */
  readonly stages: readonly Stage[]
  readonly absent: readonly Absence[]
  /** Why it cannot run; empty when it can. Rules over contracts come first, missing capabilities after. */
  readonly refusals: readonly FulcrumError[]
  /** Of an operation that another process answers: its plan there, as far as its contract tells. */
  readonly there?: Plan | undefined
}

/** The plan that an operation is answered by, wherever that is. */
export function answeringPlan(plan: Plan): Plan {
  return plan.there ?? plan
}

/** The stage of that name, where the plan has it. */
export function stageOf<Name extends StageName>(
  plan: Plan,
  name: Name,
): Extract<Stage, { stage: Name }> | undefined {
  return plan.stages.find((each): each is Extract<Stage, { stage: Name }> => each.stage === name)
}

/** The stages that a call has to get through before it is answered: where it is accepted, what comes after that is nothing that its caller sees. */
export function answeringStages({ stages }: Plan): readonly Stage[] {
  const accepts = stages.findIndex((each) => each.stage === 'batch' && each.acknowledge === 'accepted')
  return accepts < 0
    ? stages
    : [...stages.slice(0, accepts + 1), ...stages.filter(({ stage }) => stage === 'run')]
}
