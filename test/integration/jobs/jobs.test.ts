import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import {
  apply,
  attempt,
  brief,
  important,
  inOrder,
  type Instance,
  once,
  peek,
  place,
  startInstance,
} from './work-module.ts'

let database: FreshDatabase
let client: pg.Client
let one: Instance

beforeAll(async () => {
  database = await freshDatabase()
  one = await startInstance(database.url)
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
}, 60_000)

afterAll(async () => {
  await one.app.close()
  await client.end()
  await database[Symbol.asyncDispose]()
})

beforeEach(async () => {
  one.steps.step = () => {}
  await client.query('TRUNCATE work.run, work.placed')
})

async function runs(item?: string): Promise<{ item: string; attempt: number }[]> {
  const { rows } = await client.query<{ item: string; attempt: number }>(
    'SELECT item, attempt FROM work.run WHERE $1::text IS NULL OR item = $1 ORDER BY id',
    [item],
  )
  return rows
}

async function countRuns(): Promise<number> {
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM work.run')
  return rows[0]?.n ?? 0
}

describe('a job that is enqueued from outside', () => {
  it('is run, with its id and its first attempt', async () => {
    const seen: unknown[] = []
    one.steps.step = (_, { id, attempt: n }) => void seen.push([id, n])
    const id = await one.app.enqueue(apply, { item: 'a' })
    await waitFor(async () => (await runs('a')).length === 1)
    expect(seen).toEqual([[id, 1]])
  })

  it('is refused with an input that its schema does not accept', async () => {
    await expect(one.app.enqueue(apply, { item: 1 } as never)).rejects.toMatchObject({ code: 'FUL-2001' })
    await expect(one.app.enqueue(apply, { item: '\0' })).rejects.toMatchObject({ code: 'FUL-2001' })
  })
})

describe('a job that is enqueued by a command', () => {
  it('is there when the command is committed', async () => {
    await one.app.call(place, { item: 'b' })
    await waitFor(async () => (await runs('b')).length === 1)
    const { rows } = await client.query('SELECT count(*)::int AS n FROM fulcrum.enqueued')
    expect(rows).toEqual([{ n: 0 }])
  })

  it('is not there when the command fails', async () => {
    await expect(one.app.call(place, { item: 'c', fails: true })).rejects.toThrow('after enqueuing')
    await one.app.call(place, { item: 'd' })
    await waitFor(async () => (await runs('d')).length === 1)
    expect(await runs('c')).toEqual([])
  })

  it('is written with the others in one statement', async () => {
    await one.app.call(place, { item: 'e', count: 1200 })
    await waitFor(async () => (await countRuns()) === 1200, { deadline: 60_000 })
    expect(new Set((await runs()).map(({ item }) => item)).size).toBe(1200)
  }, 90_000)

  it('cannot be enqueued by a query', async () => {
    await expect(one.app.call(peek)).rejects.toMatchObject({ code: 'FUL-3104' })
  })
})

describe('a job that fails', () => {
  it('is run again, and what a transaction did is undone', async () => {
    one.steps.step = (_, { attempt: n }) => {
      if (n === 1) throw new Error('the first time')
    }
    await one.app.enqueue(apply, { item: 'f' })
    await waitFor(async () => (await runs('f')).length === 1, { deadline: 30_000 })
    expect(await runs('f')).toEqual([{ item: 'f', attempt: 2 }])
  }, 40_000)

  it('keeps what its statements did, where each is a transaction', async () => {
    one.steps.step = (_, { attempt: n }) => {
      if (n === 1) throw new Error('the first time')
    }
    await one.app.enqueue(attempt, { item: 'g' })
    await waitFor(async () => (await runs('g')).length === 2, { deadline: 30_000 })
  }, 40_000)

  it('is a dead letter with its reason after the last attempt, and can be taken back', async () => {
    one.steps.step = () => {
      throw new Error('never')
    }
    await one.app.enqueue(brief, { item: 'h' })
    const [dead] = await waitFor(async () => {
      const found = await one.app.jobs.dead(brief)
      return found.length === 1 && found
    })
    expect(dead).toMatchObject({ input: { item: 'h' }, attempts: 1 })
    expect(dead?.reason).toContain('never')
    one.steps.step = () => {}
    expect(await one.app.jobs.revive(brief)).toBe(1)
    await waitFor(async () => (await runs('h')).length === 1)
    expect(await one.app.jobs.dead(brief)).toEqual([])
  }, 40_000)

  it('is ended when its time is over', async () => {
    let reason: unknown
    one.steps.step = async ({ item }, { signal }) => {
      if (item !== 'i') return
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      reason = signal.reason
    }
    await one.app.enqueue(brief, { item: 'i' })
    const [dead] = await waitFor(async () => {
      const found = await one.app.jobs.dead(brief)
      return found.length === 1 && found
    })
    expect(dead?.reason).toContain('FUL-3001')
    expect(reason).toMatchObject({ code: 'FUL-3001' })
  }, 40_000)
})

describe('what waits', () => {
  it('waits once for each key, where the contract says so', async () => {
    const gate = Promise.withResolvers<void>()
    one.steps.step = () => gate.promise
    await one.app.enqueue(once, { item: 'j' })
    await one.app.enqueue(once, { item: 'k' }, { after: '1h' })
    await one.app.enqueue(once, { item: 'k' }, { after: '1h' })
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM fulcrum_jobs.job WHERE name = 'work.once' AND singleton_key = 'k'",
    )
    expect(rows).toEqual([{ n: 1 }])
    gate.resolve()
  })

  it('runs in order for each key, and past what is dead', async () => {
    one.steps.step = ({ item }) => {
      if (item === 'x1') throw new Error('no')
    }
    for (let n = 0; n < 5; n += 1) await one.app.enqueue(inOrder, { key: 'x', n })
    const done = async (): Promise<string[]> =>
      (await runs()).map(({ item }) => item).filter((item) => item.startsWith('x'))
    await waitFor(async () => (await done()).length === 4, { deadline: 60_000 })
    expect(await done()).toEqual(['x0', 'x2', 'x3', 'x4'])
  }, 90_000)

  it('is run by importance', async () => {
    const gate = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    one.steps.step = async ({ item }) => {
      if (item === 'first') begun.resolve()
      if (item === 'first') await gate.promise
    }
    await one.app.enqueue(important, { item: 'first' })
    await begun.promise
    await one.app.enqueue(important, { item: 'usual' })
    await one.app.enqueue(important, { item: 'urgent' }, { priority: 1 })
    gate.resolve()
    const done = async (): Promise<string[]> => (await runs()).map(({ item }) => item)
    await waitFor(async () => (await done()).includes('usual'))
    expect((await done()).filter((item) => item !== 'i')).toEqual(['first', 'urgent', 'usual'])
  })

  it('is not run before its time', async () => {
    await one.app.enqueue(apply, { item: 'later' }, { after: '1s' })
    await one.app.enqueue(apply, { item: 'now' })
    await waitFor(async () => (await runs('later')).length === 1)
    expect((await runs()).map(({ item }) => item)).toEqual(['now', 'later'])
  })
})

describe('a job whose transaction was committed', () => {
  const stateOf = async (id: string): Promise<string | undefined> => {
    const { rows } = await client.query<{ state: string }>(
      'SELECT state FROM fulcrum_jobs.job WHERE id = $1',
      [id],
    )
    return rows[0]?.state
  }

  it.each([
    ['as another attempt', 'now()'],
    ['as if it were the first', 'NULL'],
  ])('is not applied again when it is run again, %s', async (_, startedOn) => {
    const id = await one.app.enqueue(apply, { item: 'again' })
    await waitFor(async () => (await stateOf(id)) === 'completed')
    await client.query(
      `UPDATE fulcrum_jobs.job SET state = 'retry', started_on = ${startedOn}, start_after = now() WHERE id = $1`,
      [id],
    )
    await waitFor(async () => (await stateOf(id)) === 'completed')
    expect(await runs('again')).toEqual([{ item: 'again', attempt: 1 }])
  })
})
