import { checkTerms } from '../declare/contract/check-terms.ts'
import type { CacheTerms, FailureTerms, LatencyTerms } from '../declare/contract/contract.ts'
import { module } from '../declare/module.ts'
import { query } from '../declare/query.ts'
import type { Schema } from '../declare/schema.ts'
import { createRuntime } from '../enforce/runtime/create-runtime.ts'
import type { CompiledOperation } from '../enforce/runtime/runtime.ts'
import type { Clock } from '../kernel/clock.ts'
import { createRealClock } from '../kernel/clock-real.ts'
import { bootError } from '../kernel/errors/boot-error.ts'
import { silentObserver } from '../kernel/observer.ts'
import type { Random } from '../kernel/random.ts'
import { createRealRandom } from '../kernel/random-real.ts'
import { wrapPlan, wrapTerms } from '../plan/wrap-plan.ts'

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
  /** Spreads the expiry of cached answers. Default: the machine's. */
  readonly random?: Random
}

let realClock: Clock | undefined
let realRandom: Random | undefined

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
  const { name = fn.name === '' ? 'wrapped function' : fn.name } = options
  const errors = checkTerms('wrap', name, contract)
  if (errors.length > 0) throw bootError(errors)
  const compiled = compile(name, { fn, contract, options })
  return (input, call = NO_TERMS) => compiled.call(call, input) as Promise<Out>
}

const NO_TERMS: WrapCall = Object.freeze({})

/** Takes anything as it is: the function's own types say what it takes. */
const ANYTHING: Schema = {
  '~standard': { version: 1, vendor: 'fulcrum', validate: (value) => ({ value }) },
}

interface Wrapped {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly fn: (input: any, ctx: WrapContext) => unknown
  readonly contract: WrapContract
  readonly options: WrapOptions
}

/** The same stages as those of an operation: a wrapped function is a query of a module that has nothing else. */
function compile(name: string, { fn, contract, options }: Wrapped): CompiledOperation {
  const { clock = (realClock ??= createRealClock()), random = (realRandom ??= createRealRandom()) } = options
  const operation = query(name, { input: ANYTHING, output: ANYTHING, contract: wrapTerms(contract) })
  const holder = module(name, { handlers: () => [{ target: operation, handler: fn }] })
  const plan = wrapPlan(operation)
  const operations = [{ operation, module: holder, handler: fn, plan, bindDb: undefined }]
  const runtime = createRuntime({ operations, store: undefined, clock, random, observer: silentObserver })
  return runtime.operations[0] as CompiledOperation
}
