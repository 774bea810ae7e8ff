import { checkTerms } from '../declare/contract/check-terms.ts'
import type { CacheTerms, FailureTerms, LatencyTerms } from '../declare/contract/contract.ts'
import { isPromise } from '../enforce/runtime/is-promise.ts'
import { untilExpiry } from '../enforce/runtime/until-expiry.ts'
import type { Clock } from '../kernel/clock.ts'
import { createRealClock } from '../kernel/clock-real.ts'
import { Deadline } from '../kernel/deadline.ts'
import { parseDuration } from '../kernel/duration.ts'
import { bootError } from '../kernel/errors/boot-error.ts'

/** The trade-offs that a plain function can declare. */
export interface WrapContract {
  readonly latency?: Pick<LatencyTerms, 'deadline' | 'attempt' | 'hedge'>
  readonly cache?: CacheTerms
  readonly failure?: FailureTerms
}

/** What a wrapped function gets beside its input. */
export interface WrapContext {
  /** Aborts when the deadline is spent or the caller has gone. Made only when read. */
  readonly signal: AbortSignal
  /** Milliseconds of the budget that are left; `Infinity` without a deadline. */
  readonly remaining: number
}

export interface WrapCall {
  /** Ends the call when it aborts. */
  readonly signal?: AbortSignal
}

export interface WrapOptions {
  /** What errors call the function. Default: its own name. */
  readonly name?: string
  /** Default: the machine's. */
  readonly clock?: Clock
}

let realClock: Clock | undefined

/**
 * Holds a plain function to a contract: no module, no database, no application.
 *
 * ```ts
 * const quote = wrap((order: Order, { signal }) => fetchQuote(order, signal), { latency: { deadline: '250ms' } })
 * await quote(order)
 * ```
 *
 * @throws BootError, at once, where the contract has an unknown or wrong field, or one that this version does not enforce.
 */
export function wrap<In, Out>(
  fn: (input: In, ctx: WrapContext) => Out | PromiseLike<Out>,
  contract: WrapContract,
  options: WrapOptions = {},
): (input: In, call?: WrapCall) => Promise<Out> {
  const { name = fn.name === '' ? 'wrapped function' : fn.name, clock = (realClock ??= createRealClock()) } =
    options
  const errors = checkTerms('wrap', name, contract)
  if (errors.length > 0) throw bootError(errors)
  const budget = parseDuration(contract.latency?.deadline) ?? Infinity
  return async (input, { signal } = {}) => {
    using deadline = Deadline.after(clock, budget, { operation: name })
    if (signal !== undefined) deadline.link(signal)
    deadline.throwIfOver()
    const answer = fn(input, new Context(deadline))
    // Awaited here: the deadline is disposed when this function returns.
    return isPromise(answer) ? await untilExpiry(deadline, answer) : answer
  }
}

class Context implements WrapContext {
  readonly #deadline: Deadline

  constructor(deadline: Deadline) {
    this.#deadline = deadline
  }

  get signal(): AbortSignal {
    return this.#deadline.signal
  }

  get remaining(): number {
    return this.#deadline.remaining()
  }
}
