import { expect, it } from 'vitest'
import type { AppConfig, StoreOption } from '../app/config.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { withDevelopmentStore } from './development-store.ts'

const capabilities = {
  name: 'PostgreSQL',
  replicas: false,
  pipelining: true,
  positions: true,
  changeStream: false,
}
const configured: StoreOption = {
  kind: 'store',
  capabilities,
  open: () => Promise.reject(new Error('nothing may be connected here')),
}

/** As `postgres()` does when it is given no URL. */
function fromEnvironment({ DATABASE_URL }: Readonly<Record<string, string | undefined>>): StoreOption {
  if (DATABASE_URL !== undefined) return configured
  throw fulcrumError('FUL-1013', { setting: 'postgres.url', allowed: 'a URL' })
}

function config(store: AppConfig['store']): AppConfig {
  return store === undefined ? { modules: [] } : { modules: [], store, migrations: 'manual' }
}

it('stands in where the configuration lacks a setting, and brings the schema up to date itself', async () => {
  const used = await withDevelopmentStore(config(fromEnvironment), {})
  expect(used).toMatchObject({ store: { kind: 'embedded' }, migrations: 'boot' })
})

it.each([
  ['the environment names one', config(fromEnvironment), { DATABASE_URL: 'postgres://somewhere' }],
  ['the configuration names one', config(configured), {}],
  ['the application has none', config(undefined), {}],
])('changes nothing where %s', async (_, given, env) => {
  expect(await withDevelopmentStore(given, env)).toBe(given)
})

it('hides no other mistake', async () => {
  const wrong = fulcrumError('FUL-1002', { field: 'postgres.url', found: '"x"', allowed: 'a URL' })
  const given = config(() => {
    throw wrong
  })
  await expect(withDevelopmentStore(given, {})).rejects.toBe(wrong)
})
