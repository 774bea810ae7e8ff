import type { Principal } from '../declare/principal.ts'
import type { Deadline } from '../kernel/deadline.ts'
import type { Source } from '../kernel/observer.ts'

/** A call that another process is asked to answer. */
export interface RemoteCall {
  readonly operation: string
  /** As the caller gave it: it is validated where it is used. */
  readonly input: unknown
  readonly principal: Principal | undefined
  readonly deadline: Deadline
  readonly ifMatch: string | undefined
  readonly idempotencyKey: string | undefined
  readonly traceparent: string | undefined
  /** The session as a text; empty where nothing is known. */
  readonly token: string
  /** Whether it may be asked again where no answer came. */
  readonly repeats: boolean
  readonly kind: 'query' | 'command'
}

/** What is known of an answer besides its value. */
export interface AnswerFacts {
  readonly version: string | number | undefined
  readonly source: Source
  /** In milliseconds, as the rest. */
  readonly age: number
  readonly staleBy: number
  readonly freshFor: number
  readonly degraded: 'stale' | 'fallback' | undefined
  readonly replayed: boolean
}

/** What the other process has answered. */
export type RemoteOutcome =
  | { readonly kind: 'value'; readonly value: unknown; readonly facts: AnswerFacts }
  /** A declared error. */
  | {
      readonly kind: 'domain error'
      readonly code: string
      readonly data: unknown
      readonly replayed: boolean
    }
  /** An error of Fulcrum, by its code. */
  | {
      readonly kind: 'error'
      readonly code: string
      readonly params: Readonly<Record<string, unknown>>
      readonly operation: string | undefined
    }

export interface RemoteAnswer {
  readonly outcome: RemoteOutcome
  /** What became of the session; empty where nothing is known. */
  readonly token: string
  readonly wasReset: boolean
}

/** The process of a module. */
export interface RemotePort {
  /**
   * Asks it; again where that is safe.
   *
   * @throws FUL-3301 where it cannot be reached and nothing was changed, FUL-3302 where it is not known whether a command took effect, FUL-3303 where
   * something else answered, FUL-3001 and FUL-2010 where a query's time is over.
   */
  call(call: RemoteCall): Promise<RemoteAnswer>
}
