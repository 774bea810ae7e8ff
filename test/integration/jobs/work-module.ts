import { command, job, type JobContext, type Module, module, query } from 'fulcrum'
import { type App, createApp, defineConfig } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { z } from 'zod'

/** Jobs that note in a table what they do; how they go on is up to the test. */

const Item = z.object({ item: z.string() })
const soon = { attempts: 3, backoff: '1s' } as const

/** One transaction: of all runs one is committed. */
export const apply = job('work.apply', {
  input: Item,
  contract: { delivery: { ...soon, attempts: 20, concurrency: 5 } },
})
/** Each statement by itself. */
export const attempt = job('work.attempt', {
  input: Item,
  contract: { delivery: soon, transaction: { scope: 'statement' }, latency: { deadline: '30s' } },
})
export const brief = job('work.brief', {
  input: Item,
  contract: { delivery: { attempts: 1 }, latency: { deadline: '200ms' } },
})
export const once = job('work.once', {
  input: Item,
  contract: { delivery: { ...soon, unique: ({ item }) => item } },
})
export const inOrder = job('work.inOrder', {
  input: z.object({ key: z.string(), n: z.int() }),
  contract: { delivery: { attempts: 2, backoff: '1s', order: ({ key }) => key } },
})
export const important = job('work.important', { input: Item, contract: { delivery: { concurrency: 1 } } })

/** Enqueues with its effect, and may fail after it. */
export const place = command('work.place', {
  input: z.object({ item: z.string(), count: z.int().default(1), fails: z.boolean().default(false) }),
  contract: { latency: { deadline: '30s' } },
})
export const peek = query('work.peek', { output: z.int(), contract: { latency: { deadline: '30s' } } })

type Step = (input: { item: string }, ctx: JobContext) => unknown

/** What the jobs of an instance do besides noting that they ran. */
export interface Steps {
  step: Step
}

export function workModule(steps: Steps): Module {
  const noteRun: Step = async ({ item }, { sql, attempt: n }) => {
    await sql`insert into work.run (item, attempt) values (${item}, ${n})`
  }
  const run: Step = async (input, ctx) => {
    await noteRun(input, ctx)
    await steps.step(input, ctx)
  }
  return module<unknown>('work', {
    migrations: [
      {
        name: '0001',
        up: `CREATE TABLE run (id bigint GENERATED ALWAYS AS IDENTITY, item text NOT NULL, attempt int NOT NULL);
             CREATE TABLE placed (item text NOT NULL)`,
      },
    ],
    handlers: (on) => [
      on(apply, async (input, ctx) => void (await run(input, ctx))),
      on(attempt, async (input, ctx) => void (await run(input, ctx))),
      on(brief, async (input, ctx) => void (await run(input, ctx))),
      on(once, async (input, ctx) => void (await run(input, ctx))),
      on(important, async (input, ctx) => void (await run(input, ctx))),
      on(inOrder, async ({ key, n }, ctx) => void (await run({ item: `${key}${n}` }, ctx))),
      on(place, async ({ item, count, fails }, { sql, enqueue }) => {
        await sql`insert into work.placed values (${item})`
        for (let n = 0; n < count; n += 1) await enqueue(apply, { item: count === 1 ? item : `${item}${n}` })
        if (fails) throw new Error('after enqueuing')
      }),
      on(peek, async (_input, ctx) => {
        await (ctx as unknown as JobContext).enqueue(apply, { item: 'peeked' })
        return 1
      }),
    ],
  })
}

export interface Instance {
  readonly app: App
  readonly steps: Steps
  readonly log: string[]
}

export async function startInstance(url: string, config: { readonly run?: boolean } = {}): Promise<Instance> {
  const steps: Steps = { step: () => {} }
  const log: string[] = []
  const jobs = { run: config.run ?? true }
  const definition = defineConfig({
    modules: [workModule(steps)],
    store: postgres({ url }),
    jobs,
    drain: '200ms',
  })
  const app = createApp(definition, { log: (line) => log.push(line) })
  await app.start()
  return { app, steps, log }
}
