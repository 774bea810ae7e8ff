import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { ask, Checkout, type Instance, killAndWait } from './harness.ts'

const ALONE = { replicas: 0 }

// One checkout whose cluster is started under ever other conditions; each test goes on where the one before has left it.
describe('a start', { timeout: 60_000 }, () => {
  let checkout: Checkout
  let instance: Instance
  let url: string

  beforeAll(() => {
    checkout = new Checkout()
  })

  afterAll(async () => {
    await instance.kill()
    await checkout[Symbol.asyncDispose]()
  })

  async function crash(...running: Instance[]): Promise<void> {
    url = (await running[0]?.primary()) ?? url
    await checkout.crash(...running)
  }

  function isBuilding(): boolean {
    return (
      existsSync(checkout.home) &&
      readdirSync(checkout.home).some((name) => /^\.primary\..*\.new$/.test(name))
    )
  }

  async function listenOn(port: number): Promise<Server> {
    const server = createServer()
    const { promise, resolve, reject } = Promise.withResolvers<Server>()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
    return promise
  }

  test('of several instances at once makes one cluster, even when the supervisor is killed meanwhile', async () => {
    const instances = Array.from({ length: 3 }, () => checkout.start(ALONE))
    instance = instances[0] as Instance
    await waitFor(isBuilding, { every: 2, deadline: 40_000 })
    await killAndWait(checkout.supervisor())
    const urls = await Promise.all(instances.map((each) => each.primary()))
    expect(new Set(urls).size).toBe(1)
    await waitFor(() => checkout.supervisors().length === 1)
    const log = readFileSync(join(checkout.home, 'supervisor.log'), 'utf8')
    expect(log.match(/primary ready/g)).toHaveLength(1)
    expect(isBuilding()).toBe(false)
    await crash(...instances)
  })

  test('takes no notice of a pid file whose pid is now that of another process', async () => {
    const file = join(checkout.dataDirectory, 'postmaster.pid')
    const lines = readFileSync(file, 'utf8').split('\n')
    writeFileSync(file, [process.pid, ...lines.slice(1)].join('\n'))
    instance = checkout.start(ALONE)
    expect(await instance.primary()).toBe(url)
    await crash(instance)
  })

  test('does not take another server for its own, whatever the pid file says', async () => {
    instance = checkout.start(ALONE)
    await instance.primary()
    await instance.kill()
    await killAndWait(checkout.supervisor())
    const file = join(checkout.dataDirectory, 'postmaster.pid')
    const right = readFileSync(file, 'utf8')
    const elsewhere = new URL(inject('cluster').primaryUrl).port
    writeFileSync(file, right.split('\n').with(3, elsewhere).join('\n'))
    instance = checkout.start(ALONE)
    expect(await instance.refusal()).toMatchObject({ code: 'FUL-5003' })
    writeFileSync(file, right)
    instance = checkout.start(ALONE)
    expect(await instance.primary()).toBe(url)
    await crash(instance)
  })

  test('takes another port when the last one is taken', async () => {
    const server = await listenOn(Number(new URL(url).port))
    instance = checkout.start(ALONE)
    expect(new URL(await instance.primary()).port).not.toBe(new URL(url).port)
    await crash(instance)
    server.close()
  })

  test('is refused when the wanted port is taken, and works when it is not', async () => {
    const port = Number(new URL(url).port)
    const server = await listenOn(port)
    instance = checkout.start({ ...ALONE, port })
    expect(await instance.refusal()).toMatchObject({ code: 'FUL-5010' })
    server.close()
    instance = checkout.start({ ...ALONE, port })
    expect(new URL(await instance.primary()).port).toBe(String(port))
  })

  test('creates the database that it names beside the others', async () => {
    await using other = checkout.start({ ...ALONE, database: 'Other "one"' })
    const [row] = await ask(await other.primary(), 'SELECT current_database() AS name')
    expect(row).toEqual({ name: 'Other "one"' })
  })

  test('gets a replica for an instance that wants one, beside instances that do not', async () => {
    await using other = checkout.start({ replicas: 1 })
    const [row] = await ask(await other.replica(), 'SELECT pg_is_in_recovery() AS replica')
    expect(row).toEqual({ replica: true })
  })

  test('throws nothing away while anybody uses the data', async () => {
    await using refused = checkout.start({ ...ALONE, fresh: true })
    expect(await refused.refusal()).toMatchObject({ code: 'FUL-5011' })
    await ask(url, 'CREATE TABLE kept (id int)')
  })

  test('builds a replica anew when its data is of no use', async () => {
    const control = join(checkout.home, 'replica_1', 'global', 'pg_control')
    await crash(instance)
    writeFileSync(control, readFileSync(control).fill(0, 8))
    instance = checkout.start()
    const replica = await instance.replica()
    expect(await waitFor(() => ask(replica, 'SELECT FROM kept'))).toEqual([])
    await crash(instance)
  })

  test('is refused on data of another major version', async () => {
    writeFileSync(join(checkout.dataDirectory, 'PG_VERSION'), '17\n')
    instance = checkout.start(ALONE)
    const refusal = await instance.refusal()
    expect(refusal.code).toBe('FUL-5006')
    expect(refusal.message).toContain(checkout.dataDirectory)
    await instance.kill()
  })

  test('with `fresh` throws everything away, but never again when it has to join again', async () => {
    instance = checkout.start({ ...ALONE, fresh: true })
    url = await instance.primary()
    await expect(ask(url, 'SELECT FROM kept')).rejects.toMatchObject({ code: '42P01' })
    expect(existsSync(join(checkout.home, 'replica_1'))).toBe(false)
    await ask(url, 'CREATE TABLE kept (id int)')
    await killAndWait(checkout.supervisor())
    await instance.log(/found the primary running/)
    // Its turn comes after that of the instance that joins again.
    await using other = checkout.start(ALONE)
    expect(await other.primary()).toBe(url)
    expect(await ask(url, 'SELECT FROM kept')).toEqual([])
  })
})
