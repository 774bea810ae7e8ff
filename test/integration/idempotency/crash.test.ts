import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { postgres } from 'fulcrum/postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { balance, CRASH_POINTS, type CrashPoint, post, type WalletApp, walletApp } from './wallet-app.ts'

let database: FreshDatabase
let healthy: WalletApp

beforeAll(async () => {
  database = await freshDatabase()
  healthy = await walletApp({ store: postgres({ url: database.url }) })
})

afterAll(async () => {
  await healthy[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const program = fileURLToPath(new URL('crashing-instance.ts', import.meta.url))

/** Sends a withdrawal to an instance that is killed on the way. */
async function crashAt(
  point: CrashPoint,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const child = fork(program, [database.url, point], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const [url] = (await once(child, 'message')) as [string]
  await expect(post({ url }, path, { amount: 1 }, headers)).rejects.toThrow('fetch failed')
  expect(await exited).toEqual([null, 'SIGKILL'])
}

test.each(CRASH_POINTS.map((point, n) => [point, `w${n + 1}`] as const))(
  'an instance is killed %s: the repetition takes effect where the first has not, and only there',
  async (point, id) => {
    const headers = { 'idempotency-key': `killed-${id}` }
    const path = `/wallets/${id}/waiting`
    await crashAt(point, path, headers)
    const again = await post(healthy, path, { amount: 1 }, headers)
    expect(again).toMatchObject({ status: 200, replay: point === 'after the commit' ? 'true' : null })
    expect(again.body).toMatchObject({ balance: 99 })
    expect(await healthy.app.call(balance, { id })).toMatchObject({ balance: 99 })
  },
)
