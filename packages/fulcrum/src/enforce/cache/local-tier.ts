import type { Entry } from './entry.ts'
import { textSize } from './memory-size.ts'
import { TagIndex } from './tag-index.ts'

export interface LocalBounds {
  readonly entries: number
  readonly bytes: number
}

/** What a local tier holds, and how many entries it has dropped: because of a change of their tags, and to make room. */
export interface LocalState {
  readonly entries: number
  readonly bytes: number
  readonly dropped: number
  readonly evicted: number
}

/** What an application's cache takes at the most where its configuration does not say. */
export const LOCAL_BOUNDS: LocalBounds = Object.freeze({ entries: 100_000, bytes: 64 * 1024 * 1024 })

/** An entry in its place: a link of the queue, and a member of its shelf and its tags. */
interface Slot {
  readonly slots: Map<string, Slot>
  readonly key: string
  readonly entry: Entry
  /** Changes of these end it. */
  readonly tags: readonly number[]
  readonly bytes: number
  visited: boolean
  older: Slot | undefined
  newer: Slot | undefined
}

/**
 * What an entry takes besides its key and its answer, in V8 of Node 24: itself, its slot, its label, its places in hash tables that are between half
 * full and full. Measured (`test/integration/caches/memory.test.ts`).
 */
const SLOT_BYTES = 640
/** A tag: in the entry, and in the index, where it mostly has this entry only. */
const TAG_BYTES = 120
/** What was in progress when it was read, where the label says that, besides the numbers of it. */
const SNAPSHOT_BYTES = 120
const NUMBER_BYTES = 16

/**
 * The cache in the process: bounded by entries and bytes over all operations together, with an index by tag.
 *
 * Evicts by SIEVE (Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024): a queue in order of arrival and a hand that moves from the oldest to the
 * newest, spares what was visited since it last came by, and takes the first that was not. A hit sets one flag and moves nothing, which is what
 * makes it cheap; a scan of keys that are read once passes through without displacing those that are read again.
 */
export class LocalTier {
  readonly #bounds: LocalBounds
  readonly #byTag = new TagIndex<Slot>()
  readonly #shelves: Shelf[] = []
  #newest: Slot | undefined
  #oldest: Slot | undefined
  #hand: Slot | undefined
  #size = 0
  #bytes = 0
  #dropped = 0
  #evicted = 0

  constructor(bounds: LocalBounds) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#size
  }

  /** About what all of it takes. */
  get bytes(): number {
    return this.#bytes
  }

  /** For metrics. */
  get state(): LocalState {
    return { entries: this.#size, bytes: this.#bytes, dropped: this.#dropped, evicted: this.#evicted }
  }

  /** A shelf for one operation, so that its keys need no prefix. `isTagged`: changes of their tags end its entries. */
  shelf({ isTagged }: { readonly isTagged: boolean }): Shelf {
    const slots = new Map<string, Slot>()
    const shelf = new Shelf(slots, {
      put: (key, entry) => this.#put(slots, { key, entry, tags: isTagged ? entry.tags : NO_TAGS }),
      drop: (slot) => this.#drop(slot),
    })
    this.#shelves.push(shelf)
    return shelf
  }

  /** Drops the entries of a tag that are not spared. */
  dropTag(tag: number, spares: (entry: Entry) => boolean): void {
    for (const slot of this.#byTag.of(tag)) {
      if (spares(slot.entry)) continue
      this.#drop(slot)
      this.#dropped += 1
    }
  }

  clear(): void {
    for (const shelf of this.#shelves) shelf.clear()
  }

  #put(slots: Map<string, Slot>, { key, entry, tags }: Pick<Slot, 'key' | 'entry' | 'tags'>): void {
    const before = slots.get(key)
    if (before !== undefined) this.#drop(before)
    const bytes = entry.bytes + textSize(key) + SLOT_BYTES + TAG_BYTES * tags.length + labelSize(entry)
    if (bytes > this.#bounds.bytes || this.#bounds.entries < 1) return
    while (this.#size >= this.#bounds.entries || this.#bytes + bytes > this.#bounds.bytes) this.#evict()
    const [older, newer] = [this.#newest, undefined]
    this.#add({ slots, key, entry, tags, bytes, visited: false, older, newer })
  }

  #add(slot: Slot): void {
    if (this.#newest === undefined) this.#oldest = slot
    else this.#newest.newer = slot
    this.#newest = slot
    slot.slots.set(slot.key, slot)
    for (const tag of slot.tags) this.#byTag.add(tag, slot)
    this.#size += 1
    this.#bytes += slot.bytes
    slot.entry.isHeld = true
  }

  #evict(): void {
    let slot = this.#hand ?? this.#oldest
    while (slot?.visited === true) {
      slot.visited = false
      slot = slot.newer ?? this.#oldest
    }
    if (slot === undefined) return
    this.#hand = slot
    // Moves the hand on.
    this.#drop(slot)
    this.#evicted += 1
  }

  #drop(slot: Slot): void {
    const { slots, key, entry, tags, bytes, older, newer } = slot
    if (this.#hand === slot) this.#hand = newer
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    slots.delete(key)
    for (const tag of tags) this.#byTag.remove(tag, slot)
    this.#size -= 1
    this.#bytes -= bytes
    entry.isHeld = false
  }
}

/** What differs between labels. */
function labelSize({ label }: Entry): number {
  if (label === undefined) return 0
  const { sees, snapshot } = label
  const numbers = sees.length + (snapshot?.xip.length ?? 0)
  return NUMBER_BYTES * numbers + (snapshot === undefined ? 0 : SNAPSHOT_BYTES)
}

const NO_TAGS: readonly number[] = Object.freeze([])

interface Shelving {
  readonly put: (key: string, entry: Entry) => void
  readonly drop: (slot: Slot) => void
}

/** One operation's part of the local tier. */
export class Shelf {
  readonly #slots: Map<string, Slot>
  readonly #tier: Shelving

  constructor(slots: Map<string, Slot>, tier: Shelving) {
    this.#slots = slots
    this.#tier = tier
  }

  /** Looks an entry up, and so spares it when the hand comes by. */
  get(key: string): Entry | undefined {
    const slot = this.#slots.get(key)
    if (slot === undefined) return undefined
    slot.visited = true
    return slot.entry
  }

  /** Looks without counting it as a visit. */
  peek(key: string): Entry | undefined {
    return this.#slots.get(key)?.entry
  }

  put(key: string, entry: Entry): void {
    this.#tier.put(key, entry)
  }

  clear(): void {
    for (const slot of this.#slots.values()) this.#tier.drop(slot)
  }
}
