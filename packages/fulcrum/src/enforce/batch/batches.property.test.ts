import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Duration } from '../../kernel/duration.ts'
import type { CommitOutcome } from '../runtime/store.fixture.ts'
import { World } from '../runtime/instances.fixture.ts'
import { outcomeOf, putThings } from './batches.fixture.ts'

/** One call: when it comes, what becomes of it, and how long it may take. */
const arrival = fc.record({
  at: fc.nat(150),
  fate: fc.constantFrom('ok', 'ok', 'ok', 'busy', 'bad', 'wrong', 'invalid'),
  budget: fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined }),
})

const commits = fc.array(
  fc.constantFrom<CommitOutcome>(
    'committed',
    'committed',
    'not replicated',
    'unknown, committed',
    'unknown, aborted',
  ),
  { maxLength: 6 },
)

const run = fc.record({
  size: fc.integer({ min: 1, max: 7 }),
  wait: fc.integer({ min: 1, max: 60 }),
  takes: fc.integer({ min: 1, max: 40 }),
  arrivals: fc.array(arrival, { minLength: 1, maxLength: 60 }),
  commits,
  drainAt: fc.option(fc.nat(200), { nil: undefined }),
})

/** What may be told of a call that was asked for something, and whether it may have been done then. */
const TRUTH: Readonly<Record<string, 'done' | 'not done' | 'may be'>> = {
  'm.Busy': 'not done',
  'FUL-2001': 'not done',
  'FUL-3001': 'not done',
  'FUL-3003': 'not done',
  'FUL-3006': 'may be',
  'FUL-3008': 'not done',
  'FUL-3016': 'done',
  'FUL-3040': 'not done',
}

it('gives every call its own answer, and tells nothing but the truth about what was done', async () => {
  await fc.assert(
    fc.asyncProperty(run, async ({ size, wait, takes, arrivals, commits: outcomes, drainAt }) => {
      const puts = putThings({ size, wait: `${wait}ms` as Duration })
      const world = await World.of([puts])
      world.store.takes = takes
      const results = new Map<string, unknown>()
      arrivals.forEach(({ at, fate, budget }, index) => {
        const id = `k${index}`
        const value = fate === 'ok' ? `v${index}` : fate
        const input = { id, value: fate === 'invalid' ? 1 : value }
        world.clock.timer(at, () => {
          void outcomeOf(world.ask(puts, input, { budget })).then((outcome) => results.set(id, outcome))
        })
      })
      outcomes.forEach((outcome, index) =>
        world.clock.timer(index * 23, () => void (world.store.nextCommit = outcome)),
      )
      if (drainAt !== undefined) world.clock.timer(drainAt, () => void world.runtimes[0]?.drain(1e6))
      await world.clock.run()

      expect(results.size).toBe(arrivals.length)
      expect(world.runtimes[0]?.inFlight).toBe(0)
      for (const round of puts.rounds) expect(round.length).toBeLessThanOrEqual(size)
      arrivals.forEach(({ fate, budget }, index) => {
        const id = `k${index}`
        const outcome = results.get(id) as string
        const stored = world.store.valueOf(id)
        const truth =
          outcome === `v${index}` ? 'done' : outcome === `${id} is bad` ? 'not done' : TRUTH[outcome]
        expect(truth, `${id} (${fate}) came to ${outcome}`).toBeDefined()
        if (truth === 'done' && fate === 'ok') expect(stored).toBe(`v${index}`)
        if (truth === 'not done') expect(stored).toBeUndefined()
        if (fate !== 'ok') expect(stored).toBeUndefined()
        if (outcome === 'FUL-3001') expect(budget).toBeDefined()
      })
    }),
    { numRuns: 300 },
  )
})
