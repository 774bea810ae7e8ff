import { expect, it } from 'vitest'
import { embedded } from '../adapters/embedded-postgres/source.ts'
import { postgres } from '../adapters/postgres/source.ts'
import { withEmptiedStore } from './emptied-store.ts'

it.each([
  ['the embedded cluster', embedded({ replicas: 2 })],
  ['a function that chooses it', () => embedded({ replicas: 2 })],
])('empties %s, and leaves its options as they are', (_, store) => {
  const { store: used } = withEmptiedStore({ modules: [], store }, {})
  expect(used).toMatchObject({ kind: 'embedded', replicas: 2 })
  expect(used).not.toBe(store)
})

it.each([
  ['a database that somebody else runs', postgres({ url: 'postgres://localhost/shop' })],
  ['no database at all', undefined],
])('refuses %s', (_, store) => {
  expect(() => withEmptiedStore(store === undefined ? { modules: [] } : { modules: [], store }, {})).toThrow(
    /^FUL-6006 --fresh is given/,
  )
})
