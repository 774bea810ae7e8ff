import { describe, expect, it } from 'vitest'
import { command } from '../declare/command.ts'
import { query } from '../declare/query.ts'
import type { Plan, Stage } from '../plan/plan.ts'
import { exponential, lognormal } from './distribution.ts'
import { simulate, type SimulationOptions } from './simulate.ts'

const deadline: Stage = { stage: 'deadline', overHttp: 100, otherwise: undefined, reason: 'test' }
const read: Stage = {
  stage: 'route',
  target: 'replica',
  lane: 'pipelined',
  bracket: 'none',
  sees: 'each',
  level: 'none',
  bounds: { staleness: Infinity, inPartition: Infinity },
  reason: 'test',
}
const again: Stage = { stage: 'retry', on: 'serialization failure', reason: 'test' }
const commit: Stage = {
  stage: 'transaction',
  isolation: 'serializable',
  durability: 'local',
  joins: [],
  reason: 'test',
}
const run: Stage = { stage: 'run', reason: 'test' }

function planned(operation: SimulationOptions['operations'][number]['operation'], stages: readonly Stage[]) {
  const plan: Plan = { operation: operation.name, kind: operation.kind, stages, absent: [], refusals: [] }
  return { operation, plan }
}

const options: SimulationOptions = {
  operations: [
    planned(query('catalog.get', {}), [deadline, read, run]),
    planned(command('orders.place', {}), [deadline, again, commit, run]),
  ],
  models: {
    'catalog.get': { rate: 90, statements: 1 },
    'orders.place': { rate: 10, statements: 3, work: exponential(2) },
  },
  store: { replicas: 1, connections: 4, statement: lognormal(1, 20), commit: exponential(1), conflicts: 0.1 },
  seed: 'a',
  duration: 60_000,
}

describe('simulate', () => {
  it('gives equal traces for equal seeds and different ones for different seeds', async () => {
    const [first, same, other] = await Promise.all([
      simulate(options),
      simulate(options),
      simulate({ ...options, seed: 'b' }),
    ])
    expect(same.trace).toBe(first.trace)
    expect(other.trace).not.toBe(first.trace)
  })

  it('runs the declared rate through the real stages', async () => {
    const { calls, operations } = await simulate(options)
    expect(calls).toBeGreaterThan(5_500)
    expect(calls).toBeLessThan(6_500)
    const [get, place] = operations
    expect(get?.durations.map(({ source }) => source)).toEqual(['replica'])
    expect(place?.durations.map(({ source }) => source)).toEqual(['primary'])
    expect(place?.retries.get('serialization failure')).toBeGreaterThan(30)
  })

  it('shows what overload does: calls queue for connections until their deadline ends them', async () => {
    const lines: string[] = []
    const crowded = { ...options.store, connections: 1, statement: lognormal(15, 40) }
    const { failures } = await simulate({
      ...options,
      store: crowded,
      duration: 20_000,
      onTrace: (line) => lines.push(line),
    })
    expect(failures).toBeGreaterThan(100)
    const late = lines
      .filter((line) => line.includes('FUL-3001'))
      .map((line) => Number(line.split(' ').at(-1)))
    expect(late.length).toBeGreaterThan(100)
    for (const took of late) expect(took).toBeCloseTo(100, 0)
  })
})
