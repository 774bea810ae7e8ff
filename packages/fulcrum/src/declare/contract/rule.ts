import type { Conflict } from './refusals.ts'
import type { Terms } from './subject.ts'
import { isRecord } from './values.ts'

/** As it was declared; anything may stand in it, since it may come from JavaScript. */
export type Contract = Readonly<Record<string, unknown>>

/** A rule over one contract. It looks at values that are valid by themselves and ignores the others, which are refused anyway. */
export interface Rule {
  /** For people, in Markdown. */
  readonly rule: string
  readonly conflicts: (contract: Contract, terms: Terms) => readonly Conflict[]
}

/** A member of what may be an object. */
export function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined
}
