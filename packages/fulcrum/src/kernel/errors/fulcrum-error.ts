import type { ErrorRow } from './row.ts'
import { ERRORS, type ErrorCode } from './table.ts'
import { type ErrorParams, fill } from './template.ts'

// A brand in the global registry, not instanceof: an application may have loaded two copies of the package.
const BRAND = Symbol.for('fulcrum.error')

export interface ErrorOptionsOf {
  /** The error that led to this one. For logs; never shown to remote callers. */
  readonly cause?: unknown
  /** Name of the operation that the error belongs to. */
  readonly operation?: string | undefined
}

/**
 * An error of Fulcrum itself: one row of the table of codes, filled with parameters. Make one with `fulcrumError`, recognise one with
 * `isFulcrumError`; never by class or by text.
 */
export class FulcrumError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code
  readonly status: number
  /** The operation that failed, where there is one. */
  readonly operation: string | undefined
  /** The filled message alone, without code and operation. */
  readonly detail: string
  /** What filled the message, frozen. Free of secrets, but not necessarily fit for remote callers: `toProblem` decides that. */
  readonly params: ErrorParams<Code>

  constructor(code: Code, params: ErrorParams<Code>, options?: ErrorOptionsOf) {
    const row: ErrorRow = ERRORS[code]
    const detail = fill(row.message, params)
    const operation = options?.operation
    super(operation === undefined ? `${code} ${detail}` : `${code} ${operation}: ${detail}`, causeOf(options))
    this.name = row.name
    this.code = code
    this.status = row.status
    this.operation = operation
    this.detail = detail
    this.params = Object.freeze({ ...params }) as ErrorParams<Code>
  }

  /** The path of the field at fault, for errors that are about one. */
  get field(): string | undefined {
    const { field } = this.params as { readonly field?: unknown }
    return typeof field === 'string' ? field : undefined
  }

  /** For log writers that serialise errors: everything but the stack and the cause. */
  toJSON(): Record<string, unknown> {
    const { name, code, status, operation, message, params } = this
    return { name, code, status, operation, message, params }
  }
}

Object.defineProperty(FulcrumError.prototype, BRAND, { value: true })

function causeOf(options: ErrorOptionsOf | undefined): ErrorOptions | undefined {
  return options !== undefined && 'cause' in options ? { cause: options.cause } : undefined
}

/** An error of the given code. The parameters are checked against the placeholders of its message. */
export function fulcrumError<Code extends ErrorCode>(
  code: Code,
  params: ErrorParams<Code>,
  options?: ErrorOptionsOf,
): FulcrumError<Code> {
  const row: ErrorRow = ERRORS[code]
  return row.stack === false
    ? withoutStack(() => new FulcrumError(code, params, options))
    : new FulcrumError(code, params, options)
}

// Absent in some browsers, read-only under --frozen-intrinsics.
const limitIsWritable = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable === true

function withoutStack<T>(make: () => T): T {
  if (!limitIsWritable) return make()
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = before
  }
}

/** Whether `error` is an error of Fulcrum, of the given code if one is given, from whichever copy of the package. */
export function isFulcrumError(error: unknown): error is FulcrumError
export function isFulcrumError<Code extends ErrorCode>(
  error: unknown,
  code: Code,
): error is FulcrumError<Code>
export function isFulcrumError(error: unknown, code?: ErrorCode): boolean {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false
  return code === undefined || (error as { readonly code?: unknown }).code === code
}
