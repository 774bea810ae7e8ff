import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'

/** What the server sent is not what the protocol says. */
export function malformed(reason: string): Error {
  return fulcrumError('FUL-4036', { reason })
}
