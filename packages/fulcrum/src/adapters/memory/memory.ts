import type { Tombstone } from '../../consistency/tombstone.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { BusListener, BusMessage, Lease, SharedFill } from '../../ports/shared-cache.ts'
import { Shelf } from './shelf.ts'

/** A fill, and what tells it from others of its key. */
export interface Filled {
  readonly fill: SharedFill
  readonly stamp: number
}

/** What all connected instances share. */
export class Memory {
  readonly entries: Shelf<Filled>
  /** Of tags. */
  readonly tombstones: Shelf<readonly Tombstone[]>
  readonly leases: Shelf<Lease>
  readonly awaited: Shelf<true>
  /** Of operations. */
  readonly versions: Map<string, number> = new Map()
  readonly listeners: Set<BusListener> = new Set()
  #last = 0

  constructor(clock: Clock) {
    this.entries = new Shelf(clock)
    this.tombstones = new Shelf(clock)
    this.leases = new Shelf(clock)
    this.awaited = new Shelf(clock)
  }

  /** A number greater than all before. */
  next(): number {
    this.#last += 1
    return this.#last
  }

  tell(message: BusMessage): void {
    for (const listener of this.listeners) listener.message(message)
  }
}
