import type { EpochId } from '../../consistency/epoch.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { SharedKey, SharedLookup } from '../../ports/shared-cache.ts'

/** So many answers are remembered; the oldest is forgotten. */
const MOST = 1_000

interface Told {
  readonly lookup: SharedLookup
  readonly at: number
}

/** What a cache has answered before: for one that answers with it again, or under another key. */
export class Memories {
  readonly #clock: Clock
  readonly #told = new Map<string, Told>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Remembers the first entry of each key, or that there was none. */
  add(epoch: EpochId, { id }: SharedKey, lookup: SharedLookup): void {
    const place = `${epoch} ${id}`
    if (this.#told.get(place)?.lookup.body !== undefined) return
    const [oldest] = this.#told.keys()
    if (this.#told.size >= MOST && oldest !== undefined) this.#told.delete(oldest)
    this.#told.set(place, { lookup, at: this.#clock.now() })
  }

  /** What was answered then, and what is left of it now: a cache that is out of date knows the time all the same. */
  of(epoch: EpochId, { id }: SharedKey): SharedLookup | undefined {
    const told = this.#told.get(`${epoch} ${id}`)
    if (told === undefined) return undefined
    const remaining = Math.max(0, told.lookup.remaining - (this.#clock.now() - told.at))
    return { ...told.lookup, remaining, body: remaining > 0 ? told.lookup.body : undefined }
  }

  /** The entry of another key, if there is one. */
  another(epoch: EpochId, { id }: SharedKey): SharedLookup | undefined {
    const place = `${epoch} ${id}`
    for (const [other, { lookup }] of this.#told)
      if (other !== place && lookup.body !== undefined) return lookup
    return undefined
  }
}
