import { expect, test } from 'vitest'
import { embedded } from './source.ts'

test('nothing happens before start', () => {
  expect(embedded().kind).toBe('embedded')
  expect(Object.isFrozen(embedded())).toBe(true)
})

test.each([
  [{ replicas: -1 }, 'embedded.replicas', '-1'],
  [{ replicas: 1.5 }, 'embedded.replicas', '1.5'],
  [{ replicas: 5 }, 'embedded.replicas', '5'],
  [{ port: 0 }, 'embedded.port', '0'],
  [{ port: 65_536 }, 'embedded.port', '65536'],
  [{ database: '' }, 'embedded.database', ''],
  [{ database: 'é'.repeat(32) }, 'embedded.database', 'é'.repeat(32)],
])('%j is refused', (options, field, found) => {
  expect(() => embedded(options)).toThrow(
    expect.objectContaining({
      code: 'FUL-1012',
      params: expect.objectContaining({ field, found }) as unknown,
    }),
  )
})
