import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { createApp, type App } from 'fulcrum/app'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import config from '../../../examples/shop/fulcrum.config.ts'
import { getProduct } from '../../../examples/shop/modules/catalog/api.ts'
import { waitFor } from '../../support/wait-for.ts'
import { cli } from '../cli/support/cli.ts'
import { productId } from '../shop/support/ids.ts'
import { textLike } from '../shop/support/matchers.ts'
import { APPLICATION, type DebianCluster, startDebianCluster } from './debian-cluster.ts'

const SHOP = fileURLToPath(new URL('../../../examples/shop/', import.meta.url))
/** How many migrations the shop has. */
const STEPS = globSync('modules/*/migrations/*.sql', { cwd: SHOP }).length

type Env = Readonly<Record<string, string>>

let cluster: DebianCluster
let good: Env
const open = new AsyncDisposableStack()
beforeAll(async () => {
  cluster = open.use(await startDebianCluster())
  good = open.use(await cluster.createDatabase('shop')).env
})
afterAll(() => open.disposeAsync())

/** The shop without its services, and what it says. */
function shopWith(env: Env): { readonly app: App; readonly log: readonly string[] } {
  const log: string[] = []
  const app = createApp({ ...config, services: [] }, { env, log: (line) => void log.push(line) })
  return { app, log }
}

/** Disposes of all of them. */
function disposing(disposables: readonly AsyncDisposable[]): AsyncDisposableStack {
  const stack = new AsyncDisposableStack()
  for (const each of disposables) stack.use(each)
  return stack
}

/** Why the shop does not start. */
async function refusal(env: Env): Promise<Error> {
  try {
    await using app = shopWith(env).app
    await app.start()
  } catch (error) {
    return error as Error
  }
  throw new Error('the shop has started')
}

const WRONG = 'wrong-secret'

function withPassword(url: string, password: string): string {
  const changed = new URL(url)
  changed.password = password
  return changed.href
}

/** Neither password, as it is or as it stands in a URL, is in the text. */
function expectNoPassword(text: string): void {
  for (const password of [WRONG, APPLICATION.password, encodeURIComponent(APPLICATION.password)])
    expect(text).not.toContain(password)
}

describe('does not start', () => {
  test.each<[what: string, env: () => Env, code: string, says: RegExp]>([
    [
      'with a wrong password',
      () => ({ ...good, DATABASE_URL: withPassword(good['DATABASE_URL'] as string, WRONG) }),
      'FUL-3002',
      /PostgreSQL primary \(127\.0\.0\.1:\d+\) .*password authentication failed for user "shop_app"/,
    ],
    [
      'on a database that does not exist',
      () => ({ ...good, DATABASE_URL: cluster.url(cluster.primary, 'nowhere') }),
      'FUL-3002',
      /PostgreSQL primary \(127\.0\.0\.1:\d+\) .*database "nowhere" does not exist/,
    ],
    [
      'when the primary is a standby',
      () => ({ ...good, DATABASE_URL: good['DATABASE_REPLICA_URLS'] as string }),
      'FUL-4002',
      /primary \(127\.0\.0\.1:\d+\) is a replica \(it is in recovery\), but is configured as the primary/,
    ],
    [
      'when the URL of the primary is none',
      () => ({ ...good, DATABASE_URL: `postgres://shop_app:${WRONG}@127.0.0.1:port/shop` }),
      'FUL-1002',
      /postgres\.url is not a URL/,
    ],
    [
      'when the URL of a replica is of something else',
      () => ({ ...good, DATABASE_REPLICA_URLS: `mysql://shop_app:${WRONG}@127.0.0.1/shop` }),
      'FUL-1002',
      /postgres\.replicas\.0 is a URL of the kind mysql:/,
    ],
  ])('%s', async (_, env, code, says) => {
    const error = await refusal(env())
    expect(error).toMatchObject({ code, message: textLike(says) })
    expectNoPassword(inspect(error, { depth: 20, showHidden: true }))
    expectNoPassword(JSON.stringify(error))
  })

  test('and says why on the terminal', async () => {
    const env = { ...good, DATABASE_URL: withPassword(good['DATABASE_URL'] as string, WRONG) }
    const { code, stdout, stderr } = await cli(['start', '--port', '0'], { cwd: SHOP, env })
    expect(code).toBe(1)
    expect(stderr).toContain('FUL-3002')
    expect(stderr).toContain('password authentication failed')
    expectNoPassword(stdout + stderr)
  })
})

describe('starts without a replica', () => {
  test.each<[what: string, url: () => string, says: RegExp]>([
    [
      'whose URL leads to a primary',
      () => good['DATABASE_URL'] as string,
      /replica 1 \(127\.0\.0\.1:\d+\) .*FUL-4002 .*is a primary, but is configured as the replica/,
    ],
    [
      'whose URL leads to another cluster',
      () => inject('cluster').replicaUrl,
      /replica 1 \(127\.0\.0\.1:\d+\) .*FUL-4001 .*a server of the cluster \d+; expected one of the cluster \d+/,
    ],
    [
      'that does not let it in',
      () => withPassword(good['DATABASE_REPLICA_URLS'] as string, WRONG),
      /replica 1 \(127\.0\.0\.1:\d+\) .*password authentication failed/,
    ],
  ])('%s, reads on the primary, and says so', async (_, url, says) => {
    const { app, log } = shopWith({ ...good, DATABASE_REPLICA_URLS: url() })
    await using running = await app.start()
    expect(await running.call(getProduct, { id: productId(1) })).toMatchObject({ version: 1 })
    const [primary, replica] = running.readiness().nodes
    expect(primary).toMatchObject({ role: 'primary', healthy: true })
    expect(replica).toMatchObject({ role: 'replica', healthy: false })
    expect(log.filter((line) => says.test(line))).toHaveLength(1)
    expectNoPassword(log.join('\n'))
  })
})

test('of instances that start at once on an empty database, one migrates and the others wait', async () => {
  await using empty = await cluster.createDatabase('empty')
  const shops = Array.from({ length: 4 }, () => shopWith(empty.env))
  const apps = await Promise.all(shops.map(({ app }) => app.start()))
  await using _apps = disposing(apps)
  // Fulcrum's own tables come first, and are nobody's module.
  const said = shops.map(({ log }) => log.filter((line) => /^migrated (?!fulcrum:)/.test(line)))
  expect(said.filter(({ length }) => length === STEPS)).toHaveLength(1)
  expect(said.flat()).toHaveLength(STEPS)
  for (const app of apps)
    expect(await app.call(getProduct, { id: productId(1_000) })).toMatchObject({ version: 1 })
})

test('a primary that is still starting is waited for', async () => {
  await cluster.primary.stop()
  const { app, log } = shopWith(good)
  const starting = app.start()
  starting.catch(() => {})
  try {
    await waitFor(() => log.some((line) => line.includes('ECONNREFUSED')))
  } finally {
    await cluster.primary.start()
  }
  await using running = await starting
  expect(running.state).toBe('running')
})
