import { expect, test } from 'vitest'
import { publicationOf } from './publications.ts'

test('a publication is named after its table', () => {
  expect(publicationOf({ schema: 'people', table: 'person' })).toBe('fulcrum:people.person')
})

test('names that PostgreSQL would cut stay apart', () => {
  const long = 'x'.repeat(50)
  const names = ['a', 'b'].map((end) => publicationOf({ schema: 'people', table: `${long}${end}` }))
  expect(new Set(names).size).toBe(2)
  for (const name of names) expect(name).toMatch(/^fulcrum:[0-9a-f]{32}$/)
})
