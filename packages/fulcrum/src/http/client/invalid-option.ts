import { DURATION_ALLOWED, parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'

interface Refused {
  readonly field: string
  readonly found: unknown
  readonly allowed: string
  /** The operation whose call states it; none for the client's own options. */
  readonly operation?: string | undefined
}

export function invalidOption({ field, found, allowed, operation }: Refused): Error {
  return fulcrumError('FUL-7505', { field, found: show(found), allowed }, { operation })
}

/** Milliseconds of the option `deadline`; `undefined` where it is not stated. */
export function deadlineOption(deadline: unknown, operation?: string): number | undefined {
  if (deadline === undefined) return undefined
  const ms = parseDuration(deadline)
  if (ms === undefined || ms === 0) {
    throw invalidOption({
      field: 'deadline',
      found: deadline,
      allowed: `${DURATION_ALLOWED}, above 0`,
      operation,
    })
  }
  return ms
}
