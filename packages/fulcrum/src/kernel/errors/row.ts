/** One problem in a value, where it is and what is wrong with it. `path` joins keys with dots: `lines.0.quantity`. */
export interface Issue {
  readonly path: string
  readonly message: string
}

/**
 * Data that an error may carry besides the values of its message. They become extension members of the problem document (RFC 9457,
 * section 3.2) and, where HTTP knows a header for them, headers.
 */
export interface Extensions {
  /** Every problem of a rejected value, not only the first. */
  readonly issues: readonly Issue[]
  /** Methods that the resource does support; the `Allow` header of RFC 9110. */
  readonly allow: readonly string[]
}

/** One row of the error table. */
export interface ErrorRow {
  /** Unique, in PascalCase: the `name` of the error. */
  readonly name: string
  /** HTTP status that a caller over HTTP sees. */
  readonly status: number
  /** What kind of problem this is, without values: the `title` of the problem document. */
  readonly title: string
  /** The sentence about this occurrence; `{placeholders}` are filled from the error's parameters. */
  readonly message: string
  /** Why it happens. For the reference page. */
  readonly cause: string
  /** What to do about it. For the reference page. */
  readonly fix: string
  /** Extensions that the error carries. */
  readonly carries?: readonly (keyof Extensions)[]
  /** Whether a remote caller may see the message. Default: yes below status 500, no from 500 on. */
  readonly expose?: boolean
  /** Seconds after which trying again makes sense: the `Retry-After` header. */
  readonly retryAfter?: number
  /** `false`: thrown in numbers when overloaded and from timers, where a stack costs microseconds and says nothing. */
  readonly stack?: false
}

/** A range of the table. */
export type ErrorRows = Readonly<Record<`FUL-${number}`, ErrorRow>>
