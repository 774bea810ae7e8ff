import type { Entry } from './entry.ts'

/** One operation's part of the local tier. */
export interface Shelf {
  get(key: string): Entry | undefined
  put(key: string, entry: Entry): void
  remove(key: string): void
}

export interface LocalBounds {
  readonly entries: number
  readonly bytes: number
}

/** What an application's cache takes at the most where its configuration does not say. */
export const LOCAL_BOUNDS: LocalBounds = Object.freeze({ entries: 100_000, bytes: 64 * 1024 * 1024 })

/** An entry in its place: a link of the queue, and a member of its shelf and its tags. */
interface Slot {
  readonly shelf: Map<string, Slot>
  readonly key: string
  readonly entry: Entry
  visited: boolean
  older: Slot | undefined
  newer: Slot | undefined
}

/** What an entry costs besides its value: slot, links, places in maps. Measured with `--expose-gc` on Node 24, rounded up. */
const SLOT_BYTES = 256

/**
 * The cache in the process: bounded by entries and bytes over all operations together, with an index by tag.
 *
 * Evicts by SIEVE (Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024): a queue in order of arrival and a hand that moves from the oldest to the
 * newest, spares what was visited since it last came by, and takes the first that was not. A hit sets one flag and moves nothing, which is what
 * makes it cheap; a scan of keys that are read once passes through without displacing those that are read again.
 */
export class LocalTier {
  readonly #bounds: LocalBounds
  readonly #byTag = new Map<number, Set<Slot>>()
  readonly #shelves: Map<string, Slot>[] = []
  #newest: Slot | undefined
  #oldest: Slot | undefined
  #hand: Slot | undefined
  #size = 0
  #bytes = 0

  constructor(bounds: LocalBounds) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** A shelf for one operation, so that its keys need no prefix. */
  shelf(): Shelf {
    const slots = new Map<string, Slot>()
    this.#shelves.push(slots)
    return {
      get: (key) => {
        const slot = slots.get(key)
        if (slot === undefined) return undefined
        slot.visited = true
        return slot.entry
      },
      put: (key, entry) => this.#put(slots, key, entry),
      remove: (key) => {
        const slot = slots.get(key)
        if (slot !== undefined) this.#drop(slot)
      },
    }
  }

  /** Drops the entries of a tag that `judge` does not spare. */
  dropTag(tag: number, spares: (entry: Entry) => boolean): void {
    const slots = this.#byTag.get(tag)
    if (slots === undefined) return
    for (const slot of slots) if (!spares(slot.entry)) this.#drop(slot)
  }

  clear(): void {
    for (const slots of this.#shelves) {
      for (const { entry } of slots.values()) entry.isHeld = false
      slots.clear()
    }
    this.#byTag.clear()
    this.#newest = this.#oldest = this.#hand = undefined
    this.#size = this.#bytes = 0
  }

  #put(shelf: Map<string, Slot>, key: string, entry: Entry): void {
    const before = shelf.get(key)
    if (before !== undefined) this.#drop(before)
    const bytes = entry.bytes + SLOT_BYTES
    if (bytes > this.#bounds.bytes) return
    while (this.#size >= this.#bounds.entries || this.#bytes + bytes > this.#bounds.bytes) this.#evict()
    const slot: Slot = { shelf, key, entry, visited: false, older: this.#newest, newer: undefined }
    if (this.#newest === undefined) this.#oldest = slot
    else this.#newest.newer = slot
    this.#newest = slot
    shelf.set(key, slot)
    entry.isHeld = true
    for (const tag of entry.tags) this.#index(tag, slot)
    this.#size += 1
    this.#bytes += bytes
  }

  #index(tag: number, slot: Slot): void {
    const slots = this.#byTag.get(tag)
    if (slots === undefined) this.#byTag.set(tag, new Set([slot]))
    else slots.add(slot)
  }

  #evict(): void {
    let slot = this.#hand ?? this.#oldest
    while (slot?.visited === true) {
      slot.visited = false
      slot = slot.newer ?? this.#oldest
    }
    if (slot === undefined) return
    this.#hand = slot.newer
    this.#drop(slot)
  }

  #drop(slot: Slot): void {
    const { shelf, key, entry, older, newer } = slot
    if (this.#hand === slot) this.#hand = newer
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    shelf.delete(key)
    entry.isHeld = false
    for (const tag of entry.tags) this.#unindex(tag, slot)
    this.#size -= 1
    this.#bytes -= entry.bytes + SLOT_BYTES
  }

  #unindex(tag: number, slot: Slot): void {
    const slots = this.#byTag.get(tag)
    if (slots === undefined) return
    slots.delete(slot)
    if (slots.size === 0) this.#byTag.delete(tag)
  }
}
