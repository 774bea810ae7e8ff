import { isDelivered } from '../../declare/delivered.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Outcome } from '../../declare/outcome.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import { Caches } from '../cache/caches.ts'
import { LOCAL_BOUNDS } from '../cache/local-tier.ts'
import type { Outgoing } from '../messaging/outgoing.ts'
import type { Call } from './call.ts'
import { compileOperation, type CompileParts, type RuntimeOperation } from './compile-operation.ts'
import type { CalledStep } from './call-scope.ts'
import type { Compiled } from './compiled-operation.ts'
import { InFlight } from './in-flight.ts'
import { bulkTarget, nestedFailure, nestedTarget, stepTarget } from './nested-call.ts'
import type { CompiledOperation, CompiledSubscriber, Runtime } from './runtime.ts'
import { WriteThroughs } from './write-through.ts'

export interface RuntimeParts extends Pick<CompileParts, 'store' | 'clock' | 'random' | 'observer'> {
  readonly operations: readonly RuntimeOperation[]
  /** Default: none, for applications without idempotent commands. */
  readonly idempotencyLog?: CompileParts['idempotencyLog']
  readonly importLog?: CompileParts['importLog']
  /** Default: a cache in the process only. */
  readonly caches?: Caches
  /** Where events go. Default: nowhere, since no operation emits any. */
  readonly outgoing?: Outgoing | undefined
  /** How reads wait for projections. Default: no query reads one. */
  readonly projections?: CompileParts['projections']
  /** Default: no module has a job. */
  readonly enqueuer?: CompileParts['enqueuer']
  /** Default: all modules are in this process. */
  readonly remotes?: CompileParts['remotes']
  /** Default: sessions stay in this process. */
  readonly remoteTokens?: CompileParts['remoteTokens']
  /** Told of accepted calls that were not carried out. Default: nobody is. */
  readonly lost?: CompileParts['lost']
  /** Default: no command is a run of steps. */
  readonly runs?: CompileParts['runs']
  /** Default: no answer is audited. */
  readonly auditor?: CompileParts['auditor']
}

/** Composes every plan into a function, once. Plans with refusals never get here: the composition root refuses to boot. */
export function createRuntime(parts: RuntimeParts): Runtime {
  return new RunningOperations(parts)
}

function localCaches({ clock, random, store }: RuntimeParts): Caches {
  return new Caches({ local: LOCAL_BOUNDS, shared: undefined, freshness: store?.freshness, clock, random })
}

class RunningOperations implements Runtime {
  readonly operations: readonly CompiledOperation[]
  readonly subscribers: readonly CompiledSubscriber[]
  readonly caches: Caches
  readonly #byName: ReadonlyMap<string, Compiled>
  readonly #inFlight = new InFlight()
  readonly #clock: Clock

  constructor(parts: RuntimeParts) {
    this.#clock = parts.clock
    this.caches = parts.caches ?? localCaches(parts)
    const shared = this.#shared(parts)
    parts.runs?.join(this.#inFlight)
    const compiled = parts.operations.map((operation) => compileOperation(operation, shared))
    this.operations = compiled
    this.subscribers = compiled.filter(({ operation }) => isDelivered(operation))
    const called = compiled.filter(({ operation }) => !isDelivered(operation))
    this.#byName = new Map(called.map((one) => [one.operation.name, one]))
  }

  get inFlight(): number {
    return this.#inFlight.count
  }

  find(operation: AnyOperation): CompiledOperation | undefined {
    return this.#byName.get(operation.name)
  }

  drain(ms: number): Promise<number> {
    return this.#inFlight.drain(this.#clock, ms)
  }

  #shared(parts: RuntimeParts): CompileParts {
    const {
      store,
      outgoing,
      projections,
      idempotencyLog,
      importLog,
      clock,
      random,
      observer,
      auditor,
      enqueuer,
      runs,
      lost = ignore,
      remotes = NO_REMOTES,
      remoteTokens,
    } = parts
    return {
      store,
      outgoing,
      projections,
      idempotencyLog,
      importLog,
      clock,
      random,
      observer,
      auditor,
      enqueuer,
      runs,
      caches: this.caches,
      inFlight: this.#inFlight,
      lost,
      remotes,
      remoteTokens,
      refills: new WriteThroughs(),
      callNested: (parent, target, input) => this.#callNested(parent, target, input),
      callStep: (parent, target, step) => this.#callStep(parent, target, step),
      callManyNested: (parent, target, inputs) => this.#callManyNested(parent, target, inputs),
    }
  }

  async #callNested(parent: Call, target: AnyOperation, input: unknown): Promise<unknown> {
    nestedTarget(parent, target)
    const compiled = this.#byName.get(target.name)
    if (compiled === undefined) throw this.#unknown(parent, target)
    try {
      return await compiled.runNested(parent, input)
    } catch (error) {
      throw nestedFailure(parent, target, error)
    }
  }

  async #callStep(parent: Call, target: AnyOperation, { input, note }: CalledStep): Promise<unknown> {
    stepTarget(parent, target)
    const compiled = this.#byName.get(target.name)
    if (compiled === undefined) throw this.#unknown(parent, target)
    try {
      return await compiled.runStep(parent, input, note)
    } catch (error) {
      throw nestedFailure(parent, target, error)
    }
  }

  async #callManyNested(
    parent: Call,
    target: AnyOperation,
    inputs: readonly unknown[],
  ): Promise<readonly Outcome<unknown>[]> {
    bulkTarget(parent, target)
    const compiled = this.#byName.get(target.name)
    if (compiled === undefined) throw this.#unknown(parent, target)
    const outcomes = await compiled.runManyNested(parent, inputs)
    return outcomes.map((outcome) =>
      outcome.ok ? outcome : { ok: false, error: nestedFailure(parent, target, outcome.error) as Error },
    )
  }

  #unknown(parent: Call, target: AnyOperation): Error {
    const params = { found: target.name, hint: didYouMean(target.name, [...this.#byName.keys()]) }
    return fulcrumError('FUL-3010', params, { operation: parent.operation })
  }
}

const NO_REMOTES: CompileParts['remotes'] = new Map()

function ignore(): void {}
