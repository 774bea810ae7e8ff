import type { Money } from '../../shared/money.ts'

export interface Item {
  readonly productId: string
  readonly quantity: number
}

export interface Line extends Item {
  readonly price: Money
}

/** The same product twice is one line with both quantities. */
export function mergeItems(items: readonly Item[]): Item[] {
  const quantities = new Map<string, number>()
  for (const { productId, quantity } of items) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity)
  }
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }))
}
