// What a call in process costs over a bare function: the plan of an operation without a contract, metrics on.
import { module, query } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { z } from 'zod'
import { alternate, type Contender } from './lib/alternate.ts'
import { print } from './lib/outcome.ts'

const CALLS = 100_000

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
  timed('bare async function', () => wrapped(input)),
  timed('app.call, undeclared', () => app.call(plain)),
  timed('app.call, deadline', () => app.call(bounded)),
  timed('app.call, zod in and out', () => app.call(validated, input)),
]

const figures = await alternate(contenders, { rounds: 15 })
print({ title: 'A call in process', unit: 'ns per call', better: 'less', figures })
await app.close()

function timed(name: string, call: () => Promise<unknown>): Contender {
  return {
    name,
    round: async () => {
      const start = performance.now()
      for (let index = 0; index < CALLS; index += 1) await call()
      return ((performance.now() - start) / CALLS) * 1e6
    },
  }
}
