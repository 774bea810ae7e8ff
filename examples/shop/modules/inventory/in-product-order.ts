/** Everybody locks rows in this order, so that two orders never wait for each other in a circle. */
export function inProductOrder<Item extends { readonly productId: string }>(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => (a.productId < b.productId ? -1 : Number(a.productId > b.productId)))
}
