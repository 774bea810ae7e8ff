import { createHash } from 'node:crypto'
import type { Module } from '../declare/module.ts'
import type { AnyOperation } from '../declare/operation.ts'
import type { QueryContext } from '../declare/context.ts'
import type { RuntimeOperation } from '../enforce/runtime/compile-operation.ts'
import { createRuntime } from '../enforce/runtime/create-runtime.ts'
import { failureCode } from '../enforce/runtime/failure.ts'
import type { CompiledOperation } from '../enforce/runtime/runtime.ts'
import { createVirtualClock, type VirtualClock } from '../kernel/clock-virtual.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { SOURCES } from '../kernel/observer.ts'
import type { Random } from '../kernel/random.ts'
import { createSeededRandom } from '../kernel/random-seeded.ts'
import { Metrics } from '../observe/metrics.ts'
import type { OperationMetrics } from '../observe/operation-metrics.ts'
import { type Plan, stageOf } from '../plan/plan.ts'
import { constant, type Distribution, exponential } from './distribution.ts'
import { ModelledLog } from './modelled-log.ts'
import { ModelledStore, type StoreModel } from './modelled-store.ts'

/** What stands in for a handler's body, and how often it is called. */
export interface OperationModel {
  /** Calls per second, arriving independently of each other. */
  readonly rate: number
  /** Statements that one call runs, one after another; of a command with `throughput.batch`: that a batch runs. */
  readonly statements: number
  /** Milliseconds that it computes or waits for besides its statements. Default none. */
  readonly work?: Distribution
  /** An input that its schema accepts. Default: none. */
  readonly input?: (random: Random) => unknown
  /** An output that its schema accepts. Default: none. */
  readonly output?: (random: Random, input: unknown) => unknown
}

export interface SimulationOptions {
  /** The operations with their real plans, as `app.operations` lists them. */
  readonly operations: readonly { readonly operation: AnyOperation; readonly plan: Plan }[]
  /** Models by operation name; operations without one are not called. */
  readonly models: Readonly<Record<string, OperationModel>>
  readonly store: StoreModel
  /** Equal seeds give equal traces. */
  readonly seed: number | string
  /** Virtual milliseconds during which calls arrive. */
  readonly duration: number
  /** Told every call as it ends: `1234.567 orders.place ok primary 12.345`. */
  readonly onTrace?: (line: string) => void
}

export interface Simulation {
  readonly calls: number
  readonly failures: number
  /** SHA-256 of the trace: equal for equal runs. */
  readonly trace: string
  readonly operations: readonly OperationMetrics[]
}

/**
 * Runs real plans and stages on virtual time: handler bodies are replaced by models, the database by a modelled one. Everything between them (deadlines,
 * routing, queueing for connections, transactions, retries) is the code that runs in production.
 */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const clock = createVirtualClock({ seed: options.seed })
  const random = createSeededRandom(`${options.seed}`)
  const metrics = new Metrics()
  const store = new ModelledStore(options.store, clock, random)
  const runtime = createRuntime({
    operations: modelled(options, clock, random),
    store,
    idempotencyLog: new ModelledLog(),
    clock,
    random,
    observer: metrics,
  })
  const run = new Run(clock, random, options)
  for (const operation of runtime.operations) run.arrive(operation)
  await clock.run()
  return { ...run.result(), operations: metrics.operations }
}

function modelled(
  { operations, models }: SimulationOptions,
  clock: VirtualClock,
  random: Random,
): Parameters<typeof createRuntime>[0]['operations'] {
  const known = new Map(operations.map((planned) => [planned.operation.name, planned]))
  return Object.entries(models).map(([name, model]) => {
    const planned = known.get(name)
    if (planned === undefined) throw fulcrumError('FUL-3010', { found: name, hint: '' })
    if (stageOf(planned.plan, 'steps') !== undefined)
      throw fulcrumError('FUL-8003', { reason: 'it is a run of steps' }, { operation: name })
    return {
      ...planned,
      module: moduleOf(name),
      ...formsOf(planned.plan, model, { clock, random }),
      bindDb: undefined,
    }
  })
}

function moduleOf(operation: string): Module {
  const name = operation.slice(0, operation.indexOf('.'))
  return { kind: 'module', name, db: undefined, rows: undefined, migrations: undefined, bindings: [] }
}

interface Given {
  readonly clock: VirtualClock
  readonly random: Random
}

/** A handler; for a batched command, its form for many. */
function formsOf(
  plan: Plan,
  model: OperationModel,
  given: Given,
): Pick<RuntimeOperation, 'handler' | 'many'> {
  const { output } = model
  const { random } = given
  const work = workOf(model, given)
  if (stageOf(plan, 'batch') === undefined) {
    const handler = async (input: unknown, ctx: QueryContext): Promise<unknown> => {
      await work(ctx)
      return output?.(random, input)
    }
    return { handler }
  }
  const many = async (inputs: readonly unknown[], ctx: QueryContext): Promise<readonly unknown[]> => {
    await work(ctx)
    return inputs.map((input) => output?.(random, input))
  }
  return { handler: undefined, many }
}

function workOf({ statements, work = constant(0) }: OperationModel, { clock, random }: Given) {
  return async ({ sql }: QueryContext): Promise<void> => {
    for (let index = 0; index < statements; index += 1) await sql`modelled`
    const pause = work(random)
    if (pause > 0) await clock.sleep(pause)
  }
}

/** One simulation under way: arrivals, and the trace of what came of them. */
class Run {
  readonly #clock: VirtualClock
  readonly #random: Random
  readonly #options: SimulationOptions
  readonly #hash = createHash('sha256')
  #calls = 0
  #failures = 0

  constructor(clock: VirtualClock, random: Random, options: SimulationOptions) {
    this.#clock = clock
    this.#random = random
    this.#options = options
  }

  /** Arms the next arrival of an operation; each arrival arms the one after it. */
  arrive(compiled: CompiledOperation): void {
    const model = this.#options.models[compiled.operation.name] as OperationModel
    const gap = exponential(1000 / model.rate)(this.#random)
    if (this.#clock.now() + gap >= this.#options.duration) return
    this.#clock.timer(gap, () => {
      this.arrive(compiled)
      void this.#call(compiled, model)
    })
  }

  result(): Omit<Simulation, 'operations'> {
    return { calls: this.#calls, failures: this.#failures, trace: this.#hash.digest('hex') }
  }

  async #call(compiled: CompiledOperation, model: OperationModel): Promise<void> {
    const startedAt = this.#clock.now()
    const call = compiled.begin({ overHttp: true })
    let outcome = 'ok'
    try {
      await compiled.run(call, model.input?.(this.#random))
    } catch (error) {
      outcome = failureCode(error)
      this.#failures += 1
    }
    this.#calls += 1
    const now = this.#clock.now()
    const took = (now - startedAt).toFixed(3)
    this.#trace(`${now.toFixed(3)} ${call.operation} ${outcome} ${SOURCES[call.source]} ${took}`)
  }

  #trace(line: string): void {
    this.#hash.update(line).update('\n')
    this.#options.onTrace?.(line)
  }
}
