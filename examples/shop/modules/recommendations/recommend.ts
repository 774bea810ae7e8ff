import type { Recommendations } from './api.ts'

/** One customer may buy anything; two who buy the same are a pattern. */
const PATTERN = 2

/** What others with the same taste bought, most shared first. `undefined` when there is no pattern in it. */
export function fromModel(
  together: readonly { readonly productId: string; readonly customers: number }[],
): Recommendations | undefined {
  const items = together
    .filter(({ customers }) => customers >= PATTERN)
    .map(({ productId, customers }) => ({
      productId,
      reason: `bought by ${customers} customers with a taste like yours`,
    }))
  return items.length === 0 ? undefined : { items, source: 'model' }
}

export function fromBestsellers(
  bestsellers: readonly { readonly productId: string; readonly sold: number }[],
): Recommendations {
  const items = bestsellers.map(({ productId, sold }) => ({
    productId,
    reason: `bestseller: ${sold} sold lately`,
  }))
  return { items, source: 'bestsellers' }
}
