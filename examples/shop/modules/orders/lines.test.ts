import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeItems } from './lines.ts'

const items = fc.array(
  fc.record({ productId: fc.constantFrom('a', 'b', 'c'), quantity: fc.integer({ min: 1, max: 1_000 }) }),
)
const quantity = (of: readonly { productId: string; quantity: number }[], id: string): number =>
  of.filter(({ productId }) => productId === id).reduce((sum, item) => sum + item.quantity, 0)

test('each product is one line, with all that was asked for of it, in the order of first mention', () => {
  fc.assert(
    fc.property(items, (asked) => {
      const lines = mergeItems(asked)
      expect(lines.map(({ productId }) => productId)).toEqual([
        ...new Set(asked.map(({ productId }) => productId)),
      ])
      for (const id of ['a', 'b', 'c']) expect(quantity(lines, id)).toBe(quantity(asked, id))
    }),
  )
})
