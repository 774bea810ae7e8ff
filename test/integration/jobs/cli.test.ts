import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { cli, fixture, type Finished } from '../cli/support/cli.ts'
import { brief, type Instance, startInstance } from './work-module.ts'

let database: FreshDatabase
let instance: Instance

beforeAll(async () => {
  database = await freshDatabase()
  instance = await startInstance(database.url)
  instance.steps.step = () => {
    throw new Error('the printer is on fire')
  }
  await instance.app.enqueue(brief, { item: 'receipt' })
  await waitFor(async () => (await instance.app.jobs.dead(brief)).length === 1)
}, 60_000)

afterAll(async () => {
  await instance.app.close()
  await database[Symbol.asyncDispose]()
})

function jobs(...args: string[]): Promise<Finished> {
  return cli(['jobs', ...args], { cwd: fixture('jobs'), env: { DATABASE_URL: database.url } })
}

describe('fulcrum jobs', () => {
  it('shows what is in the queues', async () => {
    const { code, stdout } = await jobs()
    expect(code).toBe(0)
    expect(stdout).toMatch(/^work\.apply +0 waiting, 0 delayed, 0 running, 0 dead$/m)
  }, 30_000)

  it('leaves the port of an instance that runs alone', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    try {
      const { port } = taken.address() as AddressInfo
      const env = { DATABASE_URL: database.url, INTERNAL_PORT: String(port) }
      expect(await cli(['jobs'], { cwd: fixture('jobs'), env })).toMatchObject({ code: 0 })
    } finally {
      taken.close()
    }
  }, 30_000)

  it('shows the dead letters of a job, for machines as well, and takes them back', async () => {
    const { stdout } = await jobs('work.brief')
    expect(stdout).toContain('after 1 attempt')
    expect(stdout).toContain('the printer is on fire')
    expect(stdout).toContain('{"item":"receipt"}')
    const [dead] = JSON.parse((await jobs('work.brief', '--json')).stdout) as { id: string }[]
    expect(dead).toMatchObject({ input: { item: 'receipt' }, attempts: 1 })
    instance.steps.step = () => {}
    const revived = await jobs('work.brief', '--revive', dead?.id ?? '')
    expect(revived).toMatchObject({ code: 0, stdout: '1 job taken back into the queue.\n' })
    await waitFor(async () => (await instance.app.jobs.dead(brief)).length === 0)
    expect((await jobs('work.brief')).stdout).toBe('No job of it is dead.\n')
  }, 90_000)

  it.each([
    [['work.breif'], 'Did you mean "work.brief"?'],
    [['work.place'], 'FUL-6004'],
    [['--revive'], 'FUL-6004'],
  ])('%j is wrong use', async (args, why) => {
    const { code, stderr } = await jobs(...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)])
  })
})
