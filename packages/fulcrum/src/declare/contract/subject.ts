import type { TermsKind } from './field.ts'

/** What an error about a contract names. */
export interface Subject {
  readonly kind: TermsKind
  /** The operation, or the wrapped function. */
  readonly name: string
}

/** A contract with what the rules over it have to know of its operation. */
export interface Terms extends Subject {
  /** Reachable over HTTP, where an undeclared deadline has a default. */
  readonly overHttp: boolean
  /** As it was declared; anything, since it may come from JavaScript. */
  readonly contract: unknown
}
