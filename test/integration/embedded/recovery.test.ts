import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { ask, Checkout, type Instance, killAndWait } from './harness.ts'

// Looks for nothing but its own end: it would go on without a postmaster, and keep another one from starting.
const BUSY = 'SELECT count(*) FROM (SELECT generate_series(1, 10000000000)) AS endless'

// kill -9 of each part of one cluster that two instances use; each test goes on where the one before has left it.
describe('an embedded cluster recovers from kill -9', { timeout: 40_000 }, () => {
  let checkout: Checkout
  let first: Instance
  let second: Instance
  let url: string
  let replica: string
  let rows = 0

  beforeAll(async () => {
    checkout = new Checkout()
    first = checkout.start()
    second = checkout.start()
    url = await first.primary()
    replica = await first.replica()
    await second.replica()
    await ask(url, 'CREATE TABLE kept (id int)')
  })

  afterAll(async () => {
    await first.kill()
    await second.kill()
    await checkout[Symbol.asyncDispose]()
  })

  // Every acknowledged row is still there, on both nodes, and the cluster takes more.
  async function expectEverything(): Promise<void> {
    rows += 1
    await waitFor(() => ask(url, 'INSERT INTO kept VALUES ($1)', [rows]), { deadline: 15_000 })
    const found = await ask(url, 'SELECT count(DISTINCT id)::int AS count FROM kept')
    expect(found).toEqual([{ count: rows }])
    const caughtUp = async (): Promise<boolean> => {
      const [row] = await ask<{ count: number }>(replica, 'SELECT count(DISTINCT id)::int AS count FROM kept')
      return row?.count === rows
    }
    await waitFor(caughtUp, { deadline: 15_000, what: 'the replica has every row' })
  }

  test('of the supervisor: another one takes over the running servers, and sessions notice nothing', async () => {
    const before = { supervisor: checkout.supervisor(), postmaster: checkout.postmaster() }
    const session = new pg.Client(url)
    await session.connect()
    await session.query('BEGIN')
    await killAndWait(before.supervisor)
    await first.log(/supervisor .* is gone/)
    await first.log(/found the primary running/)
    await waitFor(() => checkout.supervisors().length === 1)
    expect(checkout.supervisor()).not.toBe(before.supervisor)
    expect(checkout.postmaster()).toBe(before.postmaster)
    await session.query('COMMIT')
    await session.end()
    await expectEverything()
  })

  test('of the postmaster, by the supervisor that found it running: the same port serves again', async () => {
    const before = checkout.postmaster()
    await killAndWait(before)
    await waitFor(() => checkout.postmaster() !== undefined, { deadline: 10_000 })
    expect(checkout.postmaster()).not.toBe(before)
    await expectEverything()
    expect(await first.primary()).toBe(url)
  })

  test('of the postmaster, by the supervisor that started it, with sessions in the middle of something', async () => {
    const session = new pg.Client(url)
    session.on('error', () => {})
    await session.connect()
    const busy = session.query(BUSY).then(
      () => 'finished',
      () => 'cut off',
    )
    await killAndWait(checkout.postmaster())
    expect(await busy).toBe('cut off')
    await expectEverything()
  })

  test('of the postmaster, at the moment at which another instance joins', async () => {
    await killAndWait(checkout.postmaster())
    await using third = checkout.start({ database: 'third' })
    expect(new URL(await third.primary()).port).toBe(new URL(url).port)
  })

  test('of the replica', async () => {
    const before = checkout.postmaster('replica_1')
    await killAndWait(before)
    await waitFor(() => checkout.postmaster('replica_1') !== undefined, { deadline: 10_000 })
    expect(checkout.postmaster('replica_1')).not.toBe(before)
    await expectEverything()
  })

  test('of supervisor and postmaster together', async () => {
    const [supervisor, postmaster] = [checkout.supervisor(), checkout.postmaster()]
    await Promise.all([killAndWait(supervisor), killAndWait(postmaster)])
    await expectEverything()
    expect(checkout.supervisor()).not.toBe(supervisor)
  })

  test('and from a supervisor that is told to stop: instances have it started again', async () => {
    const before = { supervisor: checkout.supervisor(), postmaster: checkout.postmaster() }
    process.kill(before.supervisor, 'SIGTERM')
    await waitFor(() => checkout.postmaster() !== before.postmaster && checkout.postmaster() !== undefined, {
      deadline: 15_000,
    })
    await expectEverything()
    expect(checkout.supervisor()).not.toBe(before.supervisor)
  })

  test('of the first instance and of the second', async () => {
    const postmaster = checkout.postmaster()
    await first.kill()
    await expectEverything()
    first = checkout.start()
    expect(await first.primary()).toBe(url)
    await second.kill()
    await expectEverything()
    expect(checkout.postmaster()).toBe(postmaster)
  })

  test('of everything', async () => {
    await checkout.crash(first, second)
    first = checkout.start()
    expect(await first.primary()).toBe(url)
    replica = await first.replica()
    await expectEverything()
  })
})
