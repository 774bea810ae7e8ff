import type { IfMatch, IsolationLevel } from '../declare/contract/vocabulary.ts'
import type { OperationKind } from '../declare/operation.ts'
import type { FulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { ReadTerms, StoreCapabilities } from '../ports/store.ts'

/** What is configured. Whether it is healthy is a runtime fact and never an input of a plan. */
export interface Capabilities {
  /** `undefined`: no store is configured; operations of modules that use one are refused. */
  readonly store: StoreCapabilities | undefined
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
  | ({ readonly stage: 'route' } & ReadTerms)
  | { readonly stage: 'retry'; readonly on: 'serialization failure' }
  | { readonly stage: 'transaction'; readonly isolation: IsolationLevel; readonly joins: readonly string[] }
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
}
