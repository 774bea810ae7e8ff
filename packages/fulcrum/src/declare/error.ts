import type { InputOf, Schema } from './schema.ts'
import { withStrays } from './stray-fields.ts'

/** A domain error that an operation may answer with; typed for its callers, in process and over HTTP. */
export interface ErrorDeclaration<Name extends string = string, Data = unknown> {
  readonly kind: 'error'
  /** The code that clients see, `module.ErrorName`. */
  readonly name: Name
  /** HTTP status, 400 to 499. */
  readonly status: number
  /** One line for people. Default: the name in words. */
  readonly title: string
  readonly data: Schema<Data> | undefined
}

/** The data that goes with an error of declaration `E`. */
export type ErrorData<E extends ErrorDeclaration> =
  E extends ErrorDeclaration<string, infer Data> ? Data : never

export interface ErrorDefinition<S extends Schema> {
  /** HTTP status, 400 to 499: a domain error is the caller's to handle, a fault of the server is never declared. */
  readonly status: number
  /** One line for people. Default: the name in words. */
  readonly title?: string
  /** What goes with it, as `data` of the problem document. Default: nothing. */
  readonly data?: S
}

/**
 * Declares a domain error, named `module.ErrorName`. Operations list it in `errors`; handlers raise it with `fail`.
 *
 * ```ts
 * export const ProfileNotFound = error('profiles.NotFound', { status: 404, data: z.object({ userId: z.uuid() }) })
 * ```
 */
export function error<const Name extends string, S extends Schema = Schema<undefined, undefined>>(
  name: Name,
  definition: ErrorDefinition<S>,
): ErrorDeclaration<Name, InputOf<S>> {
  const { status, title = inWords(name), data, ...strays } = definition
  const declared = {
    kind: 'error' as const,
    name,
    status,
    title,
    data: data as Schema<InputOf<S>> | undefined,
  }
  return Object.freeze(withStrays(declared, strays))
}

/** `orders.OutOfStock` to `Out of stock`. */
function inWords(name: string): string {
  const last = name.slice(name.lastIndexOf('.') + 1)
  const words = last.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const brand = Symbol.for('fulcrum.domain-error')

/** A domain error as it is thrown to callers in process. Over HTTP it is an RFC 9457 problem whose `code` is the error's name. */
export class DomainError<E extends ErrorDeclaration = ErrorDeclaration> extends Error {
  readonly declaration: E
  /** The code that clients see: the declaration's name. */
  readonly code: E['name']
  readonly status: number
  readonly data: ErrorData<E>

  constructor(declaration: E, data: ErrorData<E>) {
    super(declaration.title)
    this.name = 'DomainError'
    this.declaration = declaration
    this.code = declaration.name
    this.status = declaration.status
    this.data = data
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Whether `value` is a domain error; with a declaration, whether it is one of that kind. Narrows `data`. */
export function isDomainError<E extends ErrorDeclaration = ErrorDeclaration>(
  value: unknown,
  declaration?: E,
): value is DomainError<E> {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false
  return declaration === undefined || (value as unknown as DomainError).code === declaration.name
}
