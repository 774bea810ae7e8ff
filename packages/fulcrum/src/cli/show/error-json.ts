import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { docsOf } from './error.ts'

/** An error for machines. */
export interface ErrorJson {
  readonly code: string
  readonly name: string
  readonly operation: string | null
  readonly field: string | null
  readonly message: string
  /** What filled the message: among others `found` and `allowed`. */
  readonly params: Readonly<Record<string, unknown>>
  readonly docs: string
}

export function errorJson(error: FulcrumError): ErrorJson {
  const { code, name, operation = null, field = null, detail, params } = error
  return { code, name, operation, field, message: detail, params: { ...params }, docs: docsOf(error) }
}
