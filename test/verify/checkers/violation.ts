import type { Operation } from '../history/operation.ts'

/** A promise that was broken. */
export interface Violation {
  /** Which check found it. */
  readonly check: string
  readonly says: string
  readonly operation: Operation
}
