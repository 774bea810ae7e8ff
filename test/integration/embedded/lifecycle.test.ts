import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { ask, Checkout, type Instance } from './harness.ts'

const SETTINGS = `
  SELECT name, setting FROM pg_settings
  WHERE name IN ('wal_level', 'fsync', 'full_page_writes', 'listen_addresses', 'unix_socket_directories', 'hot_standby_feedback',
                 'synchronous_standby_names', 'max_wal_size', 'max_slot_wal_keep_size')`

// One checkout through its life; each test goes on where the one before has left it.
describe('the cluster of a checkout', { timeout: 40_000 }, () => {
  let checkout: Checkout
  let first: Instance
  let second: Instance
  let url: string

  beforeAll(() => {
    checkout = new Checkout()
    mkdirSync(join(checkout.directory, 'apps', 'shop'), { recursive: true })
  })

  afterAll(async () => {
    await first.kill()
    await second.kill()
    await checkout[Symbol.asyncDispose]()
  })

  test('starts with nothing there, from any directory of the checkout', async () => {
    first = checkout.start({}, { cwd: join(checkout.directory, 'apps', 'shop') })
    url = await first.primary()
    const [row] = await ask(url, 'SELECT current_database() AS name, pg_is_in_recovery() AS replica')
    expect(row).toEqual({ name: 'app', replica: false })
    expect(readFileSync(join(checkout.directory, '.fulcrum', '.gitignore'), 'utf8')).toBe('*\n')
  })

  test('is durable, bounded, ready for logical decoding and reachable over the loopback interface only', async () => {
    const rows = await ask<{ name: string; setting: string }>(url, SETTINGS)
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      hot_standby_feedback: 'on',
      listen_addresses: '127.0.0.1',
      max_slot_wal_keep_size: '1024',
      max_wal_size: '1024',
      synchronous_standby_names: '',
      unix_socket_directories: '',
      wal_level: 'logical',
    })
    const [locale] = await ask(
      url,
      'SELECT datlocprovider AS provider, datlocale AS locale FROM pg_database WHERE datname = current_database()',
    )
    expect(locale).toEqual({ provider: 'b', locale: 'C.UTF-8' })
  })

  test('lets nobody in without the password', async () => {
    const wrong = new URL(url)
    wrong.password = 'guessed'
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
  })

  test('has a replica that streams through its slot', async () => {
    const replica = await first.replica()
    await ask(url, 'CREATE TABLE kept AS SELECT 1 AS id')
    const seen = await waitFor(
      async () => (await ask(replica, 'SELECT id, pg_is_in_recovery() AS replica FROM kept'))[0],
    )
    expect(seen).toEqual({ id: 1, replica: true })
    const slots = await ask(url, 'SELECT slot_name, slot_type, active FROM pg_replication_slots')
    expect(slots).toEqual([{ slot_name: 'replica_1', slot_type: 'physical', active: true }])
  })

  test('is joined by a second instance', async () => {
    const postmaster = checkout.postmaster()
    second = checkout.start()
    expect(await second.primary()).toBe(url)
    expect(await second.replica()).toBe(await first.replica())
    expect(checkout.postmaster()).toBe(postmaster)
    expect(checkout.supervisors()).toHaveLength(1)
  })

  test('outlives a first instance that is killed', async () => {
    const postmaster = checkout.postmaster()
    await first.kill()
    await ask(url, 'INSERT INTO kept VALUES (2)')
    expect(checkout.postmaster()).toBe(postmaster)
  })

  test('stays for a moment after the last instance, and is found running by the next one', async () => {
    const postmaster = checkout.postmaster()
    await second.kill()
    second = checkout.start()
    expect(await second.primary()).toBe(url)
    expect(checkout.postmaster()).toBe(postmaster)
  })

  test('is shut down in good order when the last instance has left', async () => {
    await second.leave()
    await checkout.isDown()
    expect(checkout.postmaster('replica_1')).toBeUndefined()
    expect(readFileSync(join(checkout.home, 'primary.log'), 'utf8').trimEnd()).toMatch(
      /database system is shut down$/,
    )
  })

  test('has its data, its port and its replica when it starts again', async () => {
    first = checkout.start()
    expect(await first.primary()).toBe(url)
    expect(await ask(url, 'SELECT id FROM kept ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
    const replica = await first.replica()
    expect(await ask(replica, 'SELECT id FROM kept ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
  })
})
