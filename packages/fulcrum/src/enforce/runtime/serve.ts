import { DomainError, type ErrorDeclaration } from '../../declare/error.ts'
import type { Entry } from '../cache/entry.ts'
import type { Judge } from '../cache/judge.ts'
import type { Call } from './call.ts'

/** Indexes into `SOURCES`. */
export const LOCAL = 3
export const SHARED = 4

/** How an entry is handed to a call. */
export interface Serving {
  readonly judge: Judge
  /** Index into `SOURCES`; `undefined` for an entry that was read from the origin for this call. */
  readonly source: number | undefined
  /** The time at which it was judged. */
  readonly now: number
}

/** Answers a call with an entry. @throws the declared error that the entry stands for. */
export function serve(call: Call, entry: Entry, { judge, source, now }: Serving): unknown {
  if (source !== undefined) {
    call.served(source)
    call.age = Math.max(0, now - entry.readAt)
  }
  call.freshFor = judge.freshFor(entry, now)
  if (entry.label !== undefined) call.seen = entry as Entry & { readonly label: NonNullable<Entry['label']> }
  // Its output was held to the schema when it was read.
  call.finished = true
  const { stored } = entry
  if (stored.kind === 'absence') throw absence(call, stored)
  call.version = stored.version
  return stored.value
}

/** The same for an entry that stands in for a better one, which the answer says. */
export function serveStale(call: Call, entry: Entry, serving: Serving): unknown {
  call.degraded = 'stale'
  call.staleBy = serving.judge.staleBy(entry, serving.now)
  return serve(call, entry, serving)
}

function absence(call: Call, { code, data }: { readonly code: string; readonly data: unknown }): Error {
  const declarations = call.scope.operation.errors as readonly ErrorDeclaration[]
  const declaration = declarations.find(({ name }) => name === code)
  return declaration === undefined
    ? new Error(`A cached answer is the error ${code}, which ${call.operation} does not declare any more`)
    : new DomainError(declaration, data)
}
