import { postgres } from 'fulcrum/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { cli, fixture, type Finished } from '../cli/support/cli.ts'
import { Provider } from './provider.ts'
import { book, type TripsApp, tripsApp } from './trips-app.ts'

let database: FreshDatabase
let provider: Provider
let instance: TripsApp

beforeAll(async () => {
  database = await freshDatabase()
  provider = new Provider()
  provider.always = { charge: 'ok', refund: 'fail' }
  instance = await tripsApp({ store: postgres({ url: database.url }), provider: await provider.start() })
  await instance.app.call(book, { trip: 't1', seats: 7 }, { idempotencyKey: 'stuck' }).catch(() => undefined)
}, 60_000)

afterAll(async () => {
  await instance[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

function steps(...args: string[]): Promise<Finished> {
  return cli(['steps', ...args], { cwd: fixture('steps'), env: { DATABASE_URL: database.url } })
}

describe('fulcrum steps', () => {
  it('shows what is stuck and why, its steps, and lets it go on', async () => {
    const { code, stdout } = await steps()
    expect(code).toBe(0)
    expect(stdout).toMatch(/trips\.book {2}stuck since /)
    expect(stdout).toContain('could not be undone in 3 attempts')
    const [run] = JSON.parse((await steps('--json')).stdout) as { run: string }[]
    const id = run?.run ?? ''
    expect((await steps(id)).stdout).toMatch(/^ {2}charge +remembered$/m)
    provider.reset()
    expect(await steps(id, '--retry')).toMatchObject({ code: 0, stdout: 'It goes on.\n' })
    await waitFor(async () => (await instance.app.steps.runs()).length === 0, { deadline: 20_000 })
    expect((await steps()).stdout).toBe('No run of steps is under way or stuck.\n')
  }, 90_000)

  it.each([
    [['5c1f4a0e-8d1b-4f7e-9b58-0f1d2c3b4a59'], 'FUL-6004'],
    [['--retry'], 'FUL-6004'],
  ])('%j is wrong use', async (args, why) => {
    const { code, stderr } = await steps(...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)])
  })
})
