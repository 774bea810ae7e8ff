import { isDomainError } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/**
 * What a call fails with. Declared domain errors, Fulcrum's own errors and whatever else a handler throws pass through as they are; a domain
 * error that the signature does not declare would surprise typed callers and becomes `UndeclaredError`.
 */
export function asFailure(operation: AnyOperation, error: unknown): unknown {
  if (!isDomainError(error)) return error
  const declared = (operation.errors as readonly { readonly name: string }[]).map(({ name }) => name)
  if (declared.includes(error.code)) return error
  const params = { found: error.code, declared: declared.join(', ') || 'none' }
  return fulcrumError('FUL-3009', params, { operation: operation.name, cause: error })
}

/** The code under which a failure is counted. */
export function failureCode(error: unknown): string {
  return isFulcrumError(error) || isDomainError(error) ? error.code : 'FUL-3000'
}
