import type { Binding, Module } from '../../declare/module.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Outcome } from '../../declare/outcome.ts'
import type { DbBinding } from '../../declare/db.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Observer } from '../../kernel/observer.ts'
import type { Random } from '../../kernel/random.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import { type Plan, stageOf } from '../../plan/plan.ts'
import { bindSql } from '../../ports/sql.ts'
import type { Store } from '../../ports/store.ts'
import { auditOf } from '../audit/operation-audit.ts'
import type { Auditor } from '../audit/auditor.ts'
import { Caches } from '../cache/caches.ts'
import { LOCAL_BOUNDS } from '../cache/local-tier.ts'
import { OperationCache } from '../cache/operation-cache.ts'
import type { Call } from './call.ts'
import type { CallScope } from './call-scope.ts'
import { CallTimer } from './call-timer.ts'
import { Compiled } from './compiled-operation.ts'
import { compose } from './compose.ts'
import { InFlight } from './in-flight.ts'
import { localHits } from './local-hits.ts'
import { bulkTarget, nestedFailure, nestedTarget } from './nested-call.ts'
import type { CompiledOperation, Runtime } from './runtime.ts'
import { finishOutput } from './schema-check.ts'
import type { StageParts } from './stage.ts'
import { writeThrough, WriteThroughs } from './write-through.ts'

/** One operation with its handler and plan, as the composition root hands it over. */
export interface RuntimeOperation {
  readonly operation: AnyOperation
  readonly module: Module
  readonly handler: Binding['handler']
  readonly many?: Binding['many']
  readonly plan: Plan
  /** Makes `ctx.db`, loaded for the module. */
  readonly bindDb: DbBinding<unknown> | undefined
}

export interface RuntimeParts {
  readonly operations: readonly RuntimeOperation[]
  readonly store: Store | undefined
  readonly clock: Clock
  readonly random: Random
  readonly observer: Observer
  /** Default: a cache in the process only. */
  readonly caches?: Caches
  /** Default: no answer is audited. */
  readonly auditor?: Auditor | undefined
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
  readonly caches: Caches
  readonly #byName: ReadonlyMap<string, Compiled>
  readonly #inFlight = new InFlight()
  readonly #writeThroughs = new WriteThroughs()
  readonly #clock: Clock

  constructor(parts: RuntimeParts) {
    this.#clock = parts.clock
    this.caches = parts.caches ?? localCaches(parts)
    const compiled = parts.operations.map((operation) => this.#compile(operation, parts))
    this.operations = compiled
    this.#byName = new Map(compiled.map((one) => [one.operation.name, one]))
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

  #compile(
    { operation, module, handler, many, plan, bindDb }: RuntimeOperation,
    parts: RuntimeParts,
  ): Compiled {
    const { clock, random, store, observer, auditor } = parts
    const common: CallScope = {
      operation,
      module: module.name,
      handler: handler as CallScope['handler'],
      finish: finishOutput(operation),
      clock,
      random,
      store,
      timer: new CallTimer(clock),
      probe: observer.operation(operation.name, operation.kind),
      bindDb,
      bindSql,
      callNested: (parent, target, input) => this.#callNested(parent, target, input),
      callManyNested: (parent, target, inputs) => this.#callManyNested(parent, target, inputs),
      bulk: undefined,
    }
    const bulk = many && { ...common, handler: many as CallScope['handler'] }
    const scope: CallScope = { ...common, bulk }
    const { caches } = this
    const cache = stageOf(plan, 'fill') && new OperationCache(operation, plan, caches)
    const budget = stageOf(plan, 'deadline')?.overHttp ?? Infinity
    const stageParts: StageParts = {
      store,
      clock,
      random,
      operation,
      caches,
      cache,
      budget,
      refills: this.#writeThroughs,
    }
    const through = writeThrough(scope, plan, stageParts)
    if (through !== undefined) this.#writeThroughs.add(through)
    const composed = compose(plan, stageParts)
    return new Compiled({
      scope,
      plan,
      composed,
      audit: auditor && auditOf(composed, { scope, plan, stages: stageParts, auditor }),
      hits: localHits(plan, stageParts),
      inFlight: this.#inFlight,
    })
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
