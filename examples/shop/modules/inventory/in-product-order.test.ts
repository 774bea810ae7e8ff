import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inProductOrder } from './in-product-order.ts'

test('two orders of the same products take them in the same order', () => {
  const items = fc.uniqueArray(fc.uuid()).map((ids) => ids.map((productId) => ({ productId })))
  fc.assert(
    fc.property(items, (asked) => {
      expect(inProductOrder(asked)).toEqual(inProductOrder(asked.toReversed()))
      expect(inProductOrder(asked)).toHaveLength(asked.length)
    }),
  )
})
