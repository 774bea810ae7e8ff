import { job, module } from 'fulcrum'
import { type App, type AppConfig, createApp, defineConfig } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'

let database: FreshDatabase
const apps: App[] = []

beforeEach(async () => {
  database = await freshDatabase()
}, 60_000)

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()))
  await database[Symbol.asyncDispose]()
}, 60_000)

function prepare(modules: AppConfig['modules'], config: Partial<AppConfig> = {}): App {
  const app = createApp(defineConfig({ modules, store: postgres({ url: database.url }), ...config }))
  apps.push(app)
  return app
}

const Item = z.object({ item: z.string() })
const work = job('work.do', { input: Item })

describe('an application that does not migrate by itself', () => {
  it('says what to do where the tables of the queue are not there, and starts when that was done', async () => {
    const modules = [module('work', { handlers: (on) => [on(work, () => {})] })]
    const early = prepare(modules, { migrations: 'manual' })
    await expect(early.start()).rejects.toMatchObject({ code: 'FUL-1017' })
    await prepare(modules, { migrations: 'manual' }).migrate()
    const app = await prepare(modules, { migrations: 'manual' }).start()
    await app.enqueue(work, { item: 'a' })
  }, 60_000)
})

describe('an application that stops', () => {
  it('gives back what runs for longer than it waits, which does not count as an attempt', async () => {
    const seen: string[] = []
    const begun = Promise.withResolvers<void>()
    const hanging = module('work', {
      handlers: (on) => [
        on(work, async (_, { signal, attempt }) => {
          begun.resolve()
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          seen.push(`attempt ${attempt} ended: ${(signal.reason as { code: string }).code}`)
        }),
      ],
    })
    const one = await prepare([hanging], { drain: '50ms' }).start()
    await one.enqueue(work, { item: 'a' })
    await begun.promise
    await one.close()
    const done = module('work', {
      handlers: (on) => [on(work, (_, { attempt }) => void seen.push(`attempt ${attempt} done`))],
    })
    await prepare([done]).start()
    await waitFor(() => seen.length === 2)
    expect(seen).toEqual(['attempt 1 ended: FUL-3103', 'attempt 1 done'])
  }, 60_000)

  it('finishes what ends in time', async () => {
    const begun = Promise.withResolvers<void>()
    let isDone = false
    const slow = module('work', {
      handlers: (on) => [
        on(work, async (_, { remaining }) => {
          begun.resolve()
          expect(remaining).toBeGreaterThan(0)
          await new Promise((resolve) => setTimeout(resolve, 100))
          isDone = true
        }),
      ],
    })
    const app = await prepare([slow], { drain: '30s' }).start()
    await app.enqueue(work, { item: 'a' })
    await begun.promise
    await app.close()
    expect(isDone).toBe(true)
  }, 60_000)
})

describe('a job with a schedule', () => {
  it('is run once over all instances, also at the last time that nobody was there for', async () => {
    const times: string[] = []
    const tick = job('work.tick', { schedule: { cron: '* * * * *', timeZone: 'Europe/Berlin' } })
    const modules = [module('work', { handlers: (on) => [on(tick, (_, { id }) => void times.push(id))] })]
    await Promise.all([prepare(modules).start(), prepare(modules).start(), prepare(modules).start()])
    await waitFor(() => times.length > 0)
    // A minute may have passed meanwhile: then there is another time, and no time twice.
    expect(new Set(times).size).toBe(times.length)
  }, 60_000)

  it('is refused where its expression has no next time', async () => {
    const never = job('work.never', { schedule: '0 0 31 2 *' })
    const app = prepare([module('work', { handlers: (on) => [on(never, () => {})] })])
    await expect(app.start()).rejects.toMatchObject({ code: 'FUL-1002' })
  }, 60_000)
})

describe('a queue', () => {
  it('is not taken over by a job with another rule about keys', async () => {
    const unique = job('work.do', { input: Item, contract: { delivery: { unique: ({ item }) => item } } })
    await prepare([module('work', { handlers: (on) => [on(work, () => {})] })]).start()
    const other = prepare([module('work', { handlers: (on) => [on(unique, () => {})] })])
    await expect(other.start()).rejects.toMatchObject({ code: 'FUL-3101', operation: 'work.do' })
  }, 60_000)

  it('takes changed terms of delivery for jobs that are enqueued from then on', async () => {
    const patient = job('work.do', { input: Item, contract: { delivery: { attempts: 1 } } })
    await prepare([module('work', { handlers: (on) => [on(work, () => {})] })]).start()
    const failing = module('work', {
      handlers: (on) => [
        on(patient, () => {
          throw new Error('no')
        }),
      ],
    })
    await Promise.all(apps.splice(0).map((app) => app.close()))
    const app = await prepare([failing]).start()
    await app.enqueue(patient, { item: 'a' })
    await waitFor(async () => (await app.jobs.dead(patient)).length === 1)
  }, 60_000)
})

describe('without jobs', () => {
  it('an application has no queue, and says so', async () => {
    const app = await prepare([module('work', { handlers: () => [] })]).start()
    await expect(app.enqueue(work, { item: 'a' })).rejects.toMatchObject({ code: 'FUL-3012' })
  }, 60_000)
})
