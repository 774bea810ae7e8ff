import { Deadline } from '../../kernel/deadline.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Caches } from '../cache/caches.ts'
import { positionSince } from '../runtime/position-since.ts'

const POSITION_MS = 1_000

export interface RepairParts {
  readonly clock: Clock
  readonly store: Store
  readonly caches: Caches
}

/**
 * Drops what is cached under tags, here, in the shared cache and on the other instances, as if a command had just changed them: in the store, so that a
 * replica that has not replayed as far fills nothing, and elsewhere, since the store may not have moved at all.
 */
export async function repair(tags: readonly number[], { clock, store, caches }: RepairParts): Promise<void> {
  caches.suspect(tags)
  caches.changed(caches.epoch, tags, { min: 0, writeId: caches.id() })
  const asked = clock.now()
  using deadline = Deadline.after(clock, POSITION_MS)
  await store.freshness.refresh(deadline)
  const position = positionSince(store, asked)
  if (position !== undefined)
    caches.changed(position.epoch, tags, { min: position.lsn, writeId: caches.id() })
}
