import { expect, test } from 'vitest'
import { fromBestsellers, fromModel } from './recommend.ts'

test('what several customers with the same taste bought is recommended, in their order', () => {
  const model = fromModel([
    { productId: 'a', customers: 5 },
    { productId: 'b', customers: 2 },
    { productId: 'c', customers: 1 },
  ])
  expect(model?.source).toBe('model')
  expect(model?.items.map(({ productId }) => productId)).toEqual(['a', 'b'])
  expect(model?.items[0]?.reason).toContain('5 customers')
})

test('a single customer is no pattern, nor is nobody', () => {
  expect(fromModel([{ productId: 'a', customers: 1 }])).toBeUndefined()
  expect(fromModel([])).toBeUndefined()
})

test('bestsellers say how many were sold', () => {
  expect(fromBestsellers([{ productId: 'a', sold: 7 }])).toEqual({
    items: [{ productId: 'a', reason: 'bestseller: 7 sold lately' }],
    source: 'bestsellers',
  })
})
