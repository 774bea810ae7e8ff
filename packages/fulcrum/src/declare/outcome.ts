import type { FulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { DomainError, ErrorDeclaration } from './error.ts'

/** Each of the declared errors, so that their codes tell them apart. */
type Declared<Err extends ErrorDeclaration> = Err extends ErrorDeclaration ? DomainError<Err> : never

/**
 * What one input of a bulk read came to: an answer, or what a call of its own would have thrown, which is an error that the query declares, one of
 * Fulcrum, or whatever else its handler threw.
 */
export type Outcome<Out, Err extends ErrorDeclaration = ErrorDeclaration> =
  | { readonly ok: true; readonly value: Out }
  | { readonly ok: false; readonly error: Declared<Err> | FulcrumError | Error }
