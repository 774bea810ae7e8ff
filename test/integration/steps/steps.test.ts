import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { Provider } from './provider.ts'
import { book, post, reserve, state, type TripsApp, tripsApp } from './trips-app.ts'

let database: FreshDatabase
let client: pg.Client
let provider: Provider
let one: TripsApp
let two: TripsApp

beforeAll(async () => {
  database = await freshDatabase()
  provider = new Provider()
  const url = await provider.start()
  one = await tripsApp({ store: postgres({ url: database.url }), provider: url })
  two = await tripsApp({ store: postgres({ url: database.url }), provider: url })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterEach(() => {
  provider.reset()
  one.probe.script = undefined
})

afterAll(async () => {
  await client.end()
  await one[Symbol.asyncDispose]()
  await two[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

async function rowsOf<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
  return (await client.query(text, [...values])).rows as R[]
}

const runOf = async (trip: string): Promise<{ run: string; state: string; reason: string | null }> => {
  const [row] = await rowsOf<{ run: string; state: string; reason: string | null }>(
    `SELECT run, state, reason FROM fulcrum.step_run
     WHERE run = (SELECT run FROM fulcrum.step_run ORDER BY began_at DESC LIMIT 1)`,
  )
  if (row === undefined) throw new Error(`no run of ${trip}`)
  return row
}

const stateOf = (trip: string) => two.app.call(state, { trip })

describe('a run', () => {
  test('does each step once, answers, and is replayed on another instance', async () => {
    const first = await post(one, '/trips/t1/bookings', { seats: 2 }, 'first')
    const again = await post(two, '/trips/t1/bookings', { seats: 2 }, 'first')
    expect(first).toMatchObject({ status: 201, replay: null })
    expect(again).toMatchObject({ status: 201, replay: 'true', body: first.body })
    expect(provider.charges.size).toBe(1)
    expect(await stateOf('t1')).toEqual({ left: 8, tickets: 1 })
    expect(await runOf('t1')).toMatchObject({ state: 'done', reason: null })
  })

  test('shows what it has done to the session of its caller, whoever has done it', async () => {
    const session = two.app.session()
    expect(await two.app.call(state, { trip: 't2' }, { session })).toEqual({ left: 10, tickets: 0 })
    await one.app.call(book, { trip: 't2', seats: 1 }, { idempotencyKey: 'seen' })
    await two.app.call(book, { trip: 't2', seats: 1 }, { idempotencyKey: 'seen', session })
    expect(await two.app.call(state, { trip: 't2' }, { session })).toEqual({ left: 9, tickets: 1 })
  })

  test('of two calls with one key at once is one run', async () => {
    const calls = Array.from({ length: 20 }, (_, n) =>
      post(n % 2 === 0 ? one : two, '/trips/t3/bookings', { seats: 1 }, 'at-once'),
    )
    const answers = await Promise.all(calls)
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1)
    expect(provider.charges.size).toBe(1)
    expect(await stateOf('t3')).toEqual({ left: 9, tickets: 1 })
  })

  test('with the key of another input is refused', async () => {
    await post(one, '/trips/t4/bookings', { seats: 1 }, 'reused')
    expect(await post(two, '/trips/t4/bookings', { seats: 2 }, 'reused')).toMatchObject({
      status: 422,
      body: { code: 'FUL-2015' },
    })
  })
})

describe('a step', () => {
  test.each(['fail', 'fail after', 'hang'] as const)(
    'whose service does %s is tried again with its key',
    async (mode) => {
      provider.next.charge.push(mode)
      const id = `t${5 + ['fail', 'fail after', 'hang'].indexOf(mode)}`
      expect(
        await post(one, `/trips/${id}/bookings`, { seats: 1 }, `again ${mode}`.replaceAll(' ', '-')),
      ).toMatchObject({
        status: 201,
      })
      expect(provider.charges.size).toBe(1)
      expect(await stateOf(id)).toEqual({ left: 9, tickets: 1 })
    },
  )

  test('that fails for good after it was done is undone like those before it, and a repetition is a new run', async () => {
    provider.always = { charge: 'fail after', refund: 'ok' }
    expect(await post(one, '/trips/t8/bookings', { seats: 1 }, 'for-good')).toMatchObject({
      status: 503,
      body: { code: 'FUL-3203' },
    })
    expect(provider.chargesOf('t8')).toMatchObject([{ times: 3 }])
    expect(provider.kept('t8')).toBe(0)
    expect(await stateOf('t8')).toEqual({ left: 10, tickets: 0 })
    provider.reset()
    expect(await post(one, '/trips/t8/bookings', { seats: 1 }, 'for-good')).toMatchObject({
      status: 201,
      replay: null,
    })
    expect(provider.kept('t8')).toBe(1)
    expect(await stateOf('t8')).toEqual({ left: 9, tickets: 1 })
  })

  test('that answers with a declared error undoes those before it, and the error is the answer', async () => {
    const first = await post(one, '/trips/t9/bookings', { seats: 7 }, 'refused')
    const again = await post(two, '/trips/t9/bookings', { seats: 7 }, 'refused')
    expect(first).toMatchObject({ status: 422, replay: null, body: { code: 'trips.Refused' } })
    expect(again).toMatchObject({ status: 422, replay: 'true', body: { code: 'trips.Refused' } })
    expect(provider.charges.size).toBe(1)
    expect(provider.kept('t9')).toBe(0)
    expect(await stateOf('t9')).toEqual({ left: 10, tickets: 0 })
    expect(
      (await rowsOf(`SELECT FROM fulcrum.step WHERE part = 'undo' AND run = $1`, [(await runOf('t9')).run]))
        .length,
    ).toBe(2)
  })

  test('that took no effect is not undone', async () => {
    expect(await post(one, '/trips/t10/bookings', { seats: 11 }, 'too-many')).toMatchObject({
      status: 409,
      body: { code: 'trips.SoldOut', data: { left: 10 } },
    })
    expect(provider.charges.size).toBe(0)
    expect(await stateOf('t10')).toEqual({ left: 10, tickets: 0 })
  })

  test('is undone once although its undoing fails on the way', async () => {
    provider.next.refund.push('fail after', 'hang')
    await post(one, '/trips/t11/bookings', { seats: 7 }, 'undone')
    expect(provider.refunds.size).toBe(1)
    expect(await stateOf('t11')).toEqual({ left: 10, tickets: 0 })
  })
})

describe('what cannot be undone', () => {
  test('is stuck, is listed, and goes on when somebody says so', async () => {
    provider.always = { charge: 'ok', refund: 'fail' }
    const answer = await post(one, '/trips/t12/bookings', { seats: 7 }, 'stuck')
    expect(answer).toMatchObject({ status: 500, body: { code: 'FUL-3206' } })
    const [stuck] = await two.app.steps.runs({ states: ['stuck'] })
    expect(stuck).toMatchObject({ operation: 'trips.book', state: 'stuck' })
    expect(stuck?.reason).toContain('"charge" could not be undone in 3 attempts')
    expect(await post(two, '/trips/t12/bookings', { seats: 7 }, 'stuck')).toMatchObject({
      status: 500,
      body: { code: 'FUL-3206' },
    })
    const run = stuck?.run ?? ''
    expect((await one.app.steps.run(run))?.steps).toEqual([
      { name: 'trips.reserve', state: 'remembered' },
      { name: 'charge', state: 'remembered' },
      { name: 'trips.issue', state: 'remembered' },
    ])
    provider.reset()
    expect(await two.app.steps.retry(run)).toBe(true)
    await waitFor(async () => (await two.app.steps.run(run))?.state === 'done', { deadline: 20_000 })
    expect(await stateOf('t12')).toEqual({ left: 10, tickets: 0 })
    expect((await post(one, '/trips/t12/bookings', { seats: 7 }, 'stuck')).status).toBe(422)
    expect(await one.app.steps.retry(run)).toBe(false)
  })
})

describe('a caller', () => {
  test('whose deadline comes first is told that it goes on, and gets the answer later', async () => {
    provider.next.charge.push('hang')
    const first = await post(one, '/trips/t13/impatient', { seats: 1 }, 'impatient')
    expect(first).toMatchObject({ status: 504, body: { code: 'FUL-3201' } })
    expect(first.headers.get('retry-after')).toBe('1')
    expect(await post(one, '/trips/t13/impatient', { seats: 1 }, 'impatient')).toMatchObject({ status: 409 })
    expect(await post(two, '/trips/t13/impatient', { seats: 1 }, 'impatient')).toMatchObject({ status: 409 })
    const answer = await waitFor(
      async () => {
        const again = await post(two, '/trips/t13/impatient', { seats: 1 }, 'impatient')
        return again.status === 200 && again
      },
      { deadline: 20_000, every: 100 },
    )
    expect(answer.replay).toBe('true')
    expect(provider.charges.size).toBe(1)
    expect(await stateOf('t13')).toEqual({ left: 9, tickets: 1 })
  })
})

describe('a handler', () => {
  test('has no transaction of its own', async () => {
    one.probe.script = async (_, ctx) =>
      (ctx as unknown as { sql: (text: TemplateStringsArray) => unknown }).sql`SELECT 1`
    await expect(one.app.call(book, { trip: 't14', seats: 1 }, { idempotencyKey: 'sql' })).rejects.toThrow(
      'FUL-3207',
    )
  })

  test('gives each step a name of its own', async () => {
    one.probe.script = async (_, { step }) => {
      await step('same', () => 1)
      await step('same', () => 2)
    }
    await expect(one.app.call(book, { trip: 't14', seats: 1 }, { idempotencyKey: 'same' })).rejects.toThrow(
      'FUL-3205',
    )
  })

  test('returns data from its steps', async () => {
    one.probe.script = async (_, { step }) => step('bad', () => () => 1, { attempts: 1 })
    await expect(one.app.call(book, { trip: 't14', seats: 1 }, { idempotencyKey: 'data' })).rejects.toThrow(
      /FUL-3203.*FUL-3208/,
    )
  })

  test('may begin steps at once, and all of them have ended before any is undone', async () => {
    const undone: string[] = []
    one.probe.script = async (input, { step, call }) => {
      const slow = step('slow', () => new Promise((resolve) => setTimeout(resolve, 100, 'slow')), {
        compensate: ({ result }) => undone.push(String(result)),
      })
      const bad = step('bad', () => Promise.reject(new Error('bad')), {
        attempts: 1,
        compensate: () => undone.push('bad'),
      })
      await Promise.all([slow, bad, call(reserve, input, { compensate: () => undone.push('seat') })])
    }
    await expect(
      one.app.call(book, { trip: 't15', seats: 1 }, { idempotencyKey: 'parallel' }),
    ).rejects.toThrow('FUL-3203')
    expect(undone).toEqual(['seat', 'bad', 'slow'])
  })

  test('cannot begin steps when it has ended', async () => {
    let late: Promise<unknown> | undefined
    one.probe.script = async (_, { step }) => {
      setTimeout(() => {
        late = step('late', () => 1).catch((error: unknown) => error)
      }, 20)
      await Promise.reject(new Error('over'))
    }
    await expect(one.app.call(book, { trip: 't16', seats: 1 }, { idempotencyKey: 'late' })).rejects.toThrow(
      'over',
    )
    await waitFor(() => late !== undefined)
    expect(await late).toMatchObject({ code: 'FUL-3207' })
  })
})
