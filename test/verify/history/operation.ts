/** One state of one item: how often it had been written, and who did so last. */
export interface Value {
  readonly version: number
  readonly writer: number
}

/**
 * - `ok`: answered; what was written is acknowledged.
 * - `refused`: answered with a typed error (`code`); nothing was written.
 * - `unknown`: no answer, or one that says that the outcome is not known.
 */
export type Outcome = 'ok' | 'refused' | 'unknown'

/** One operation of a history, as one JSON line has it. Times are those of one monotonic clock, in milliseconds; no two are equal. */
export interface Operation {
  /** The instance that was asked. */
  readonly process: string
  readonly session: number
  /** The principal that it acts for. */
  readonly caller: string
  readonly operation: string
  readonly kind: 'read' | 'write'
  /** Numbers of the items. */
  readonly keys: readonly number[]
  readonly invoked: number
  readonly completed: number
  readonly outcome: Outcome
  /** `FUL-…` of a refusal. */
  readonly code?: string
  /** What was read or written, in the order of the keys; `undefined` where there is no answer. */
  readonly values?: readonly Value[]
  /** For writes: the number that no other write has. */
  readonly writer?: number
  readonly source?: string
  /** How many seconds past its bound the answer says that it is. */
  readonly stale?: number
  /** The answer says that something the session had written or seen was lost. */
  readonly reset?: true
  /** Of an answer that is for its caller only: for whom it was made. */
  readonly madeFor?: string
  readonly label?: unknown
  readonly token?: string
}
