import { FulcrumError, isFulcrumError } from './fulcrum-error.ts'

/**
 * Everything that is wrong with an application, found in one go: one line per error in the message, each error in `errors`.
 *
 * Mostly it is met where nobody catches it, so what Node prints of it then has to be short: it says everything once, and the single errors are without
 * the frames of the checks that have found them.
 */
export class BootError extends FulcrumError<'FUL-1000'> {
  readonly errors: readonly FulcrumError[]

  constructor(errors: readonly FulcrumError[]) {
    const list = errors.map((error) => `\n  - ${error.message}`).join('')
    super('FUL-1000', { count: errors.length, list })
    this.errors = Object.freeze([...errors])
    for (const error of errors) error.stack = `${error.name}: ${error.message}`
    for (const error of [this, ...errors]) Object.defineProperties(error, { detail: HIDDEN, params: HIDDEN })
  }
}

const HIDDEN = { enumerable: false } as const

/** One error for several reasons to refuse an application. Reasons that are boot errors themselves are flattened. */
export function bootError(errors: readonly FulcrumError[]): BootError {
  return new BootError(errors.flatMap((error) => (isBootError(error) ? error.errors : [error])))
}

export function isBootError(error: unknown): error is BootError {
  return isFulcrumError(error, 'FUL-1000')
}
