import { type ErrorOptionsOf, type FulcrumError, fulcrumError } from './fulcrum-error.ts'
import type { Issue } from './row.ts'

const SHOWN = 3

/** `lines.0.quantity: expected a number; note: too long; and 2 more` */
export function summarise(issues: readonly Issue[]): string {
  const shown = issues
    .slice(0, SHOWN)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const more = issues.length - shown.length
  return (more > 0 ? [...shown, `and ${more} more`] : shown).join('; ')
}

/** The input of a call does not match its schema: status 400, with every issue. */
export function validationFailed(
  issues: readonly Issue[],
  options?: ErrorOptionsOf,
): FulcrumError<'FUL-2001'> {
  return fulcrumError('FUL-2001', { summary: summarise(issues), issues }, options)
}
