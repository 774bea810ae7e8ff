import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { Provider } from './provider.ts'
import { post, state, type TripsApp, tripsApp } from './trips-app.ts'

/** Where an instance is killed that books a trip, and where one that has to undo it. */
const FORWARD = [
  'before begin',
  'after begin',
  'trips.reserve: before the transaction',
  'trips.reserve: after statement 1',
  'trips.reserve: before the commit',
  'trips.reserve: after the commit',
  'before the charge',
  'after the charge',
  'before note',
  'after note',
  'trips.issue: before the commit',
  'trips.issue: after the commit',
  'fulcrum.steps: before the commit',
  'fulcrum.steps: after the commit',
] as const
const BACKWARD = [
  'before turn',
  'after turn',
  'before the refund',
  'after the refund',
  'trips.release: before the commit',
  'trips.release: after the commit',
  'fulcrum.steps: before the commit',
] as const

const program = fileURLToPath(new URL('crashing-instance.ts', import.meta.url))

let database: FreshDatabase
let client: pg.Client
let provider: Provider
let providerUrl: string
let healthy: TripsApp

beforeAll(async () => {
  database = await freshDatabase()
  provider = new Provider()
  providerUrl = await provider.start()
  healthy = await tripsApp({ store: postgres({ url: database.url }), provider: providerUrl })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await healthy[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

interface Crash {
  readonly point: string
  readonly trip: string
  readonly seats: number
}

const pathOf = ({ trip }: Crash): string => `/trips/${trip}/bookings`
const keyOf = ({ trip }: Crash): string => `killed-${trip}`

/** Books with an instance that is killed on the way. */
async function crash(one: Crash): Promise<void> {
  const child = fork(program, [database.url, providerUrl, one.point], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const [url] = (await once(child, 'message')) as [string]
  await expect(post({ url }, pathOf(one), { seats: one.seats }, keyOf(one))).rejects.toThrow('fetch failed')
  expect(await exited).toEqual([null, 'SIGKILL'])
}

/** A few at once: most of the time of each is that of starting a process. */
async function crashAll(crashes: readonly Crash[]): Promise<void> {
  const left = [...crashes]
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await crash(next)
  }
  await Promise.all([worker(), worker(), worker()])
}

/** What was begun goes on with nobody waiting for it. */
async function ended(): Promise<void> {
  // Nobody hears of those instances any more: that takes seconds otherwise.
  await client.query('UPDATE fulcrum.step_instance SET alive_until = clock_timestamp()')
  await waitFor(
    async () => {
      const { rows } = await client.query(
        `SELECT FROM fulcrum.step_run WHERE state IN ('running', 'compensating')`,
      )
      return rows.length === 0
    },
    { deadline: 40_000, what: 'no run is open' },
  )
}

describe('an instance is killed', () => {
  const forward = FORWARD.map((point, n): Crash => ({ point, trip: `t${n + 1}`, seats: 1 }))
  const backward = BACKWARD.map((point, n): Crash => ({ point, trip: `t${n + 30}`, seats: 7 }))

  beforeAll(async () => {
    await crashAll([...forward, ...backward])
    await ended()
  }, 120_000)

  test.each(forward)(
    '$point: another one ends the run without a caller, and all is done once',
    async (one) => {
      const isBegun = one.point !== 'before begin'
      expect(provider.kept(one.trip)).toBe(isBegun ? 1 : 0)
      const answer = await post(healthy, pathOf(one), { seats: 1 }, keyOf(one))
      expect(answer).toMatchObject({ status: 201, replay: isBegun ? 'true' : null })
      expect(provider.chargesOf(one.trip)).toHaveLength(1)
      expect(await healthy.app.call(state, { trip: one.trip })).toEqual({ left: 9, tickets: 1 })
    },
  )

  test.each(backward)('while it undoes, $point: another one goes on, and all is undone once', async (one) => {
    expect(provider.chargesOf(one.trip)).toHaveLength(1)
    expect(provider.refundsOf(one.trip)).toHaveLength(1)
    expect(await healthy.app.call(state, { trip: one.trip })).toEqual({ left: 10, tickets: 0 })
    const answer = await post(healthy, pathOf(one), { seats: 7 }, keyOf(one))
    expect(answer).toMatchObject({ status: 422, replay: 'true', body: { code: 'trips.Refused' } })
  })
})
