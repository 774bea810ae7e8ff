import { isDomainError } from '../../declare/error.ts'
import type { Clock } from '../../kernel/clock.ts'
import { ERRORS } from '../../kernel/errors/table.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Random } from '../../kernel/random.ts'
import { RunTaken } from '../../ports/step-log.ts'

export interface AttemptTerms {
  readonly attempts: number
  /** Milliseconds after the first failed attempt, at most. */
  readonly backoff: number
  readonly longestBackoff: number
  /** Milliseconds that are left for all of it. */
  readonly left: () => number
  /** Aborts the pause between two attempts. */
  readonly signal: AbortSignal
}

/** What has come of trying. `gave up`: with the failure of the last attempt; there may have been none. */
export type Tried<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'gave up'; readonly attempts: number; readonly error: unknown }

/**
 * Tries until it is done, until what it fails with says that trying again is of no use, or until attempts or time are spent. Pauses grow exponentially with full jitter
 * (Brooker, "Exponential Backoff and Jitter", 2015).
 */
export class Attempts {
  readonly #clock: Clock
  readonly #random: Random

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  async try<T>(work: (attempt: number) => Promise<T>, terms: AttemptTerms): Promise<Tried<T>> {
    let error: unknown = new Error('there was no time left for it')
    for (let attempt = 1; ; attempt += 1) {
      if (terms.left() <= 0) return { kind: 'gave up', attempts: attempt - 1, error }
      try {
        return { kind: 'done', value: await work(attempt) }
      } catch (failure) {
        error = failure
      }
      terms.signal.throwIfAborted()
      const pause = this.#pause(attempt, terms)
      if (attempt >= terms.attempts || isFinal(error) || pause >= terms.left())
        return { kind: 'gave up', attempts: attempt, error }
      await this.#clock.sleep(pause, terms.signal)
    }
  }

  #pause(attempt: number, { backoff, longestBackoff }: AttemptTerms): number {
    return this.#random.next() * Math.min(longestBackoff, backoff * 2 ** Math.min(attempt - 1, 30))
  }
}

/** What would fail the same way again: declared errors, and what is wrong with the call itself. */
function isFinal(error: unknown): boolean {
  if (error instanceof RunTaken) return true
  return isDomainError(error) || (isFulcrumError(error) && ERRORS[error.code].status < 500)
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = isFulcrumError(error) ? error.message : `${error.name}: ${error.message}`
  return error.cause instanceof Error ? `${own} (${reasonOf(error.cause)})` : own
}
