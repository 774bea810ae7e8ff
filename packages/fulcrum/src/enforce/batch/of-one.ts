import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** A statement that the server refused, an input that the form made up for another operation, the data of an event. */
const OF_ONE: readonly string[] = ['FUL-4004', 'FUL-3014', 'FUL-3030']

/** What the server has against a statement, what the form throws, and those of Fulcrum's own errors that are about one input: not what would fail all. */
export function mayBeOfOne(error: unknown): boolean {
  return !isFulcrumError(error) || OF_ONE.includes(error.code)
}
