import { DomainError, type ErrorDeclaration } from '../../declare/error.ts'
import { isElsewhere } from '../cache/elsewhere.ts'
import type { Entry } from '../cache/entry.ts'
import type { Judge } from '../cache/judge.ts'
import type { Call, Seen } from './call.ts'

/** Indexes into `SOURCES`. */
export const LOCAL = 3
export const SHARED = 4

/** Serves entries of one operation from one tier, and notes on the call what is known of them. */
export class Serving {
  readonly #judge: Judge
  readonly #source: number

  constructor(judge: Judge, source: number) {
    this.#judge = judge
    this.#source = source
  }

  /** An entry that is as good as the contract asks for. @throws the declared error that it stands for. */
  serve(call: Call, entry: Entry, now: number): unknown {
    call.served(this.#source)
    call.age = Math.max(call.age, now - entry.readAt)
    call.freshFor = this.#judge.freshFor(entry, now)
    return answerWith(call, entry)
  }

  /** An entry that stands in for a better one, which the answer says. */
  serveStale(call: Call, entry: Entry, now: number): unknown {
    call.probe.noted('stale')
    call.degraded = 'stale'
    call.staleBy = Math.max(call.staleBy, this.#judge.staleBy(entry, now))
    return this.serve(call, entry, now)
  }
}

/** Answers a call with what an entry holds. @throws the declared error that it stands for. */
export function answerWith(call: Call, entry: Entry): unknown {
  const { label, stored } = entry
  if (label !== undefined && !isElsewhere(label)) call.seen = entry as Seen
  // Its output was held to the schema when it was read.
  call.finished = true
  if (stored.kind === 'absence') throw absence(call, stored)
  call.version = stored.version
  return stored.value
}

/** Only errors that are declared are kept. */
function absence(call: Call, { code, data }: { readonly code: string; readonly data: unknown }): Error {
  const declarations = call.scope.operation.errors as readonly ErrorDeclaration[]
  return new DomainError(declarations.find(({ name }) => name === code) as ErrorDeclaration, data)
}
