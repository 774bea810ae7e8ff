import type { EpochId } from '../../consistency/epoch.ts'
import { tagKey } from '../../consistency/tag-key.ts'
import type { SharedKey } from '../../ports/shared-cache.ts'

/**
 * Names of keys. What stands in braces decides on the slot of a cluster: an entry, its lease and the tombstone of its first tag share one.
 */
export class Keys {
  readonly channel: string
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
    this.channel = `${prefix}:bus`
  }

  entry(epoch: EpochId, { id, tags }: SharedKey): string {
    return `${this.#slot(tags[0] ?? tagKey(id))}:${epoch}:e:${id}`
  }

  /** The right to fill an entry. */
  lease(entry: string): string {
    return `${entry}:l`
  }

  /** Somebody waits for a fill. */
  waiting(entry: string): string {
    return `${entry}:w`
  }

  tombstone(epoch: EpochId, tag: number): string {
    return `${this.#slot(tag)}:${epoch}:t`
  }

  version(operation: string): string {
    return `${this.#prefix}:v:${operation}`
  }

  #slot(tag: number): string {
    return `${this.#prefix}:{${tag.toString(36)}}`
  }
}
