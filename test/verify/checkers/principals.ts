import type { Operation } from '../history/operation.ts'
import type { Violation } from './violation.ts'

/** Nobody is shown what was made for another principal. */
export function checkPrincipals(operations: readonly Operation[]): Violation[] {
  return operations
    .filter(({ caller, madeFor }) => madeFor !== undefined && madeFor !== caller)
    .map((operation) => ({
      check: 'principals',
      says: `${operation.caller} was shown what was made for ${operation.madeFor}`,
      operation,
    }))
}
