import type { EpochId } from '../../consistency/epoch.ts'
import type { Tombstone } from '../../consistency/tombstone.ts'
import type { SharedKey, SharedLookup } from '../../ports/shared-cache.ts'
import type { Reply } from './client.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import { type Found, foundIn } from './entry.ts'
import type { Keys } from './keys.ts'
import { listOf, tombstonesOf } from './reply.ts'
import type { ServerClock } from './server-clock.ts'

export interface ReaderParts {
  readonly keys: Keys
  readonly connection: Connection
  readonly counters: Counters
}

/** Looks entries up, each with the tombstones of its tags, in one round trip. What is found and is not an entry counts as nothing found. */
export class Reader {
  readonly #keys: Keys
  readonly #connection: Connection
  readonly #counters: Counters

  constructor({ keys, connection, counters }: ReaderParts) {
    this.#keys = keys
    this.#connection = connection
    this.#counters = counters
  }

  get(epoch: EpochId, key: SharedKey): Promise<SharedLookup> {
    const entry = this.#keys.entry(epoch, key)
    if (key.tags.length > 0) return this.#withTombstones(epoch, key, entry)
    return this.#connection.run(['GET', entry], this.#plain)
  }

  #withTombstones(epoch: EpochId, { tags }: SharedKey, entry: string): Promise<SharedLookup> {
    const command = ['MGET', entry]
    for (const tag of tags) command.push(this.#keys.tombstone(epoch, tag))
    return this.#connection.run(command, this.#tagged)
  }

  readonly #plain = (reply: Reply, time: ServerClock): SharedLookup =>
    this.#lookup(foundIn(reply, time), NONE)

  readonly #tagged = (reply: Reply, time: ServerClock): SharedLookup => {
    const values = listOf(reply)
    let tombstones = NONE
    for (let index = 1; index < values.length; index += 1) {
      const found = tombstonesOf(values[index])
      if (found.length > 0) tombstones = [...tombstones, ...found]
    }
    return this.#lookup(foundIn(values[0], time), tombstones)
  }

  #lookup(found: Found | undefined, tombstones: readonly Tombstone[]): SharedLookup {
    if (found !== undefined) {
      const { body, remaining, stamp } = found
      return { body, remaining, tombstones, stamp }
    }
    this.#counters.damaged += 1
    return { body: undefined, remaining: 0, tombstones, stamp: 0 }
  }
}

const NONE: readonly Tombstone[] = Object.freeze([])
