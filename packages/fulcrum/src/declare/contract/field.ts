import type { OperationKind } from '../operation.ts'
import type { Values } from './values.ts'

/** What a contract may be stated for: every kind of operation, and functions that are wrapped. */
export type TermsKind = OperationKind | 'wrap'

/**
 * One field of the contract. The table of them (`fields.ts`) is what contracts are checked against and what the reference is rendered from.
 */
export interface Field {
  /** `group.field`, or the group alone where it is a field itself: `transaction.isolation`, `because`. */
  readonly path: string
  /** What it may be stated for. */
  readonly kinds: readonly TermsKind[]
  readonly allowed: Values
  /** For people: what holds where it is not stated. */
  readonly default: string
  /** For people: one or two sentences. */
  readonly meaning: string
  /**
   * What of the allowed values this version keeps: `'all'`, or a list, empty where it keeps none. The rest is refused at boot, so that no promise is
   * accepted and ignored. A value that says what happens anyway is on the list.
   */
  readonly enforced: 'all' | readonly (string | boolean | number)[]
  /** Kinds that `enforced` holds for; for the others nothing is kept. Default: all that it may be stated for. */
  readonly enforcedFor?: readonly TermsKind[]
  /** Its group makes no sense without it. Default `false`. */
  readonly required?: true
}
