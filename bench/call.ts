// What a call in process costs over a bare function: the plan of an operation without a contract, metrics on.
import { module, query } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { z } from 'zod'
import { alternate, type Contender } from './lib/alternate.ts'
import { print, spread } from './lib/outcome.ts'
import { timed } from './lib/timed.ts'

/** Rounds are short and many, so that what else the machine does falls on few of them. */
const CALLS = 5_000
const ROUNDS = 200
/** What an undeclared operation may add to a bare function. */
const TARGET = 250
const UNDECLARED = 'app.call, undeclared'
const BARE = 'bare async function'

const plain = query('bench.plain', {})
const bounded = query('bench.bounded', { contract: { latency: { deadline: '1s' } } })
const validated = query('bench.validated', {
  input: z.object({ id: z.string() }),
  output: z.object({ id: z.string() }),
})
const wrapped = async (input?: { id: string }): Promise<{ id: string } | undefined> => input

const app = await createApp({
  modules: [
    module('bench', {
      handlers: (on) => [
        on(plain, async () => {}),
        on(bounded, async () => {}),
        on(validated, async (input) => input),
      ],
    }),
  ],
}).start()

const input = { id: '7' }

const contenders: readonly Contender[] = [
  timed(BARE, CALLS, () => wrapped(input)),
  timed(UNDECLARED, CALLS, () => app.call(plain)),
  timed('app.call, deadline', CALLS, () => app.call(bounded)),
  timed('app.call, zod in and out', CALLS, () => app.call(validated, input)),
]

const figures = await alternate(contenders, { rounds: ROUNDS, warmUp: 20 })
const notes = contenders
  .filter(({ name }) => name !== BARE)
  .map(
    ({ name }) => `${name} adds ${added(name).toFixed(0)}${name === UNDECLARED ? `, target ${TARGET}` : ''}`,
  )
print({ title: 'A call in process', unit: 'ns per call', better: 'less', figures, notes })
await app.close()

/** What a call costs more than the bare function beside it. */
function added(name: string): number {
  const bare = figures.get(BARE) ?? []
  const own = figures.get(name) ?? []
  return spread(own.map((figure, round) => figure - (bare[round] ?? Number.NaN))).median
}
