import type { Store, StorePosition } from '../../ports/store.ts'

/** Where the primary was when it was asked at or after a time; `undefined` where that is not known. */
export function positionSince(store: Store, since: number): StorePosition | undefined {
  const primary = store.nodes().find(({ role, healthy }) => role === 'primary' && healthy)
  return primary?.polledAt !== undefined && primary.polledAt >= since ? primary.position : undefined
}
