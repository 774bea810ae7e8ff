/** `orders__order_history` of `orders.orderHistory`. */
export function schemaOfProjection(name: unknown): string {
  return String(name)
    .replace('.', '__')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
