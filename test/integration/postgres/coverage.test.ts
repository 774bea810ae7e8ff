import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PostgresSubscriptions } from '../../../packages/fulcrum/src/adapters/postgres/events/subscriptions.ts'
import { OWN_TABLES } from '../../../packages/fulcrum/src/adapters/postgres/own-tables/own-tables.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import { covers } from '../../../packages/fulcrum/src/ports/coverage.ts'
import type { Store } from '../../../packages/fulcrum/src/ports/store.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { call, clock, TestStore } from './harness.ts'

let database: FreshDatabase
let client: pg.Client
let opened: TestStore

beforeEach(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  opened = await TestStore.start({ url: database.url })
  await opened.migrations.apply([OWN_TABLES], Deadline.after(clock, 20_000))
})

afterEach(async () => {
  await opened[Symbol.asyncDispose]()
  await client.end()
  await database[Symbol.asyncDispose]()
})

/** A store whose reads let somebody else come in before each of their statements. */
function interrupted(store: Store, interrupt: () => Promise<void>): Store {
  const read: Store['read'] = (terms, facts, need) => {
    const session = store.read(terms, facts, need)
    let last: Promise<unknown> = Promise.resolve()
    const run: typeof session.run = (text, values) => {
      const running = last.then(async () => {
        await interrupt()
        return session.run<never>(text, values)
      })
      last = running.catch(() => {})
      return running
    }
    return { run, release: () => session.release(), source: session.source, label: session.label }
  }
  return Object.assign(Object.create(store) as Store, { read })
}

/** Commits an event, and says where the log was afterwards, which then goes on. */
async function commit(): Promise<{ lsn: number; epoch: string }> {
  await client.query(
    `INSERT INTO fulcrum.outbox (id, type, time, data) VALUES (gen_random_uuid(), 'a.B', now(), '1')`,
  )
  const position = await subscriptionsOn(opened.store).position(call())
  await client.query(`SELECT pg_logical_emit_message(false, 'test', '')`)
  return position
}

function subscriptionsOn(store: Store): PostgresSubscriptions {
  return new PostgresSubscriptions(store, () => Promise.reject(new Error('unused')))
}

it('a reading has every event that was committed before the position that it goes with', async () => {
  const written: { lsn: number; epoch: string }[] = []
  await subscriptionsOn(opened.store).ensure(call(), [{ name: 'a.onB', types: ['a.B'] }])
  const store = interrupted(opened.store, async () => void written.push(await commit()))
  const piece = await subscriptionsOn(store).read(call(), 'a.onB', { limit: 100, isPlaced: true })
  const covered = written.filter((position) => covers(piece?.since, position))
  expect(covered.length).toBeGreaterThan(0)
  expect(piece?.events.length).toBeGreaterThanOrEqual(covered.length)
})
