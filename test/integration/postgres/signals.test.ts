import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { postgres } from '../../../packages/fulcrum/src/adapters/postgres/source.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import type { Signals } from '../../../packages/fulcrum/src/ports/signals.ts'
import type { OpenStore } from '../../../packages/fulcrum/src/ports/store-source.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { clock } from './harness.ts'

let database: FreshDatabase
let client: pg.Client
let opened: OpenStore[] = []
let signals: Signals[] = []

beforeEach(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('CREATE SCHEMA fulcrum; CREATE TABLE fulcrum.subscription (name text)')
})

afterEach(async () => {
  await Promise.all(signals.map((each) => each.close()))
  await Promise.all(opened.map(({ store }) => store.close(Deadline.after(clock, 5_000))))
  opened = []
  signals = []
  await client.end()
  await database[Symbol.asyncDispose]()
})

/** Two instances, of which the first listens and counts. */
async function pair(): Promise<{ heard: () => number; listening: Signals; sending: Signals }> {
  const [listening, sending] = await Promise.all([instance(), instance()])
  let count = 0
  listening.listen(() => (count += 1))
  await waitFor(() => listening.isListening)
  return { heard: () => count, listening, sending }
}

async function instance(): Promise<Signals> {
  const open = await postgres({ url: database.url }).open({ clock, random, log: () => {} })
  opened.push(open)
  const made = open.signals?.() as Signals
  signals.push(made)
  return made
}

/** Sends until it is heard: the first time it only connects. */
async function sendUntilHeard(sending: Signals, heard: () => number): Promise<void> {
  const before = heard()
  await waitFor(() => {
    if (heard() === before) sending.send()
    return heard() > before
  })
}

it('are heard by other instances where somebody subscribes', async () => {
  const { heard, sending } = await pair()
  await client.query(`INSERT INTO fulcrum.subscription VALUES ('a')`)
  await sendUntilHeard(sending, heard)
  expect(sending.isListening).toBe(false)
})

it('are not sent where nobody subscribes', async () => {
  const { heard, sending } = await pair()
  await client.query(`INSERT INTO fulcrum.subscription VALUES ('a')`)
  await sendUntilHeard(sending, heard)
  const before = heard()
  await client.query('DELETE FROM fulcrum.subscription')
  for (let n = 0; n < 5; n++) sending.send()
  await client.query('NOTIFY fulcrum_events')
  await waitFor(() => heard() > before)
  expect(heard()).toBeLessThanOrEqual(before + 2)
})

it('arrive again after the connection was lost, and what was missed meanwhile is looked for', async () => {
  const { heard, listening, sending } = await pair()
  await client.query(`INSERT INTO fulcrum.subscription VALUES ('a')`)
  const before = heard()
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%signals' AND datname = current_database()`,
  )
  await waitFor(() => heard() > before && listening.isListening)
  await sendUntilHeard(sending, heard)
})
