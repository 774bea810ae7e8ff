import { describe, expect, it } from 'vitest'
import { query } from '../../declare/query.ts'
import type { Schema } from '../../declare/schema.ts'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { Metrics } from '../../observe/metrics.ts'
import type { OperationMetrics } from '../../observe/operation-metrics.ts'
import { createRuntime } from './create-runtime.ts'
import type { CompiledOperation, Runtime } from './runtime.ts'

type Validate = Schema['~standard']['validate']

interface Steps {
  readonly input: Validate
  readonly output: Validate
  readonly handler: () => unknown
}

const value = { answer: 42 }
const refused = { issues: [{ message: 'no' }] }
const boom = new RangeError('boom')

const checks: Readonly<Record<string, Validate>> = {
  'passes at once': () => ({ value }),
  'passes later': async () => ({ value }),
  'refuses at once': () => refused,
  'refuses later': async () => refused,
  'throws at once': () => {
    throw boom
  },
}

const handlers: Readonly<Record<string, () => unknown>> = {
  'answers at once': () => value,
  'answers later': async () => value,
  // What a query builder is: awaited like a promise, and none.
  // eslint-disable-next-line unicorn/no-thenable
  'answers with a thenable': () => ({ then: (resolve: (found: unknown) => void) => resolve(value) }),
  'throws at once': () => {
    throw boom
  },
  'throws later': async () => {
    throw boom
  },
}

const passing = (name: string): boolean => name.startsWith('passes') || name.startsWith('answers')

interface World {
  readonly runtime: Runtime
  readonly compiled: CompiledOperation
  readonly metrics: OperationMetrics
}

function worldOf({ input, output, handler }: Steps): World {
  const schema = (validate: Validate): Schema => ({ '~standard': { version: 1, vendor: 'test', validate } })
  const operation = query('m.get', { input: schema(input), output: schema(output) })
  const stages = [{ stage: 'run', reason: 'test' }] as const
  const plan = { operation: operation.name, kind: operation.kind, stages, absent: [], refusals: [] }
  const module = {
    kind: 'module',
    name: 'm',
    db: undefined,
    rows: undefined,
    migrations: undefined,
    bindings: [],
  } as const
  const observer = new Metrics()
  const runtime = createRuntime({
    operations: [{ operation, handler, plan, module, bindDb: undefined }],
    store: undefined,
    clock: createVirtualClock(),
    random: createSeededRandom(1),
    observer,
  })
  return {
    runtime,
    compiled: runtime.operations[0] as CompiledOperation,
    metrics: observer.operations[0] as OperationMetrics,
  }
}

const cases = Object.keys(checks).flatMap((input) =>
  Object.keys(handlers).flatMap((handler) =>
    Object.keys(checks).map((output) => ({ input, handler, output })),
  ),
)

describe('a call', () => {
  it.each(cases)('is over once, and counted once: $input, $handler, $output', async (names) => {
    const { input, handler, output } = names
    const steps = { input: checks[input], handler: handlers[handler], output: checks[output] } as Steps
    const { runtime, compiled, metrics } = worldOf(steps)
    const succeeds = [input, handler, output].every(passing)
    const running = compiled.run(compiled.begin({}), undefined)
    const [settled] = await Promise.allSettled([running])
    expect(settled?.status).toBe(succeeds ? 'fulfilled' : 'rejected')
    if (settled?.status === 'fulfilled') expect(settled.value).toBe(value)
    const counted = metrics.durations.reduce((sum, { histogram }) => sum + histogram.count, 0)
    const failed = [...metrics.failures.values()].reduce((sum, count) => sum + count, 0)
    expect([counted, failed]).toEqual(succeeds ? [1, 0] : [0, 1])
    expect(runtime.inFlight).toBe(0)
  })

  it('is in flight until it is answered', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const validate = checks['passes at once'] as Validate
    const { runtime, compiled } = worldOf({ input: validate, output: validate, handler: () => promise })
    const running = compiled.run(compiled.begin({}), undefined)
    expect(runtime.inFlight).toBe(1)
    resolve(value)
    await running
    expect(runtime.inFlight).toBe(0)
  })
})
