import type { EpochId } from '../../consistency/epoch.ts'
import type { SharedKey } from '../../ports/shared-cache.ts'

/**
 * Names of keys. What stands in braces decides on the slot of a cluster (Redis cluster specification, "Hash tags"): an entry, its lease and the
 * tombstone of its first tag share one. Ids begin with the name of an operation and tags are digits, so no two names are the same.
 *
 * ```
 * fulcrum:7431…/3:e:{<tag>}<id>      an entry with tags        fulcrum:7431…/3:e:{<id>}      one without
 * fulcrum:7431…/3:l:{<tag>}<id>      the right to fill it      fulcrum:7431…/3:w:{<tag>}<id> somebody waits for that
 * fulcrum:7431…/3:t2:{<tag>}         a tombstone           fulcrum:v:{<operation>}        the version of its entries
 * ```
 *
 * The digit is the version of what a tombstone looks like: releases that write another form do not read this one, nor overwrite it.
 */
export class Keys {
  readonly channel: string
  /** Keys that say nothing. They lie in different slots, so that a node of a cluster refuses to name them together. */
  readonly probes: readonly [string, string]
  readonly #prefix: string
  #epoch: EpochId = ''
  #entry = ''
  #tombstone = ''

  constructor(prefix: string) {
    this.#prefix = prefix
    this.channel = `${prefix}:bus`
    this.probes = [`${prefix}:probe:{a}`, `${prefix}:probe:{b}`]
  }

  entry(epoch: EpochId, { id, tags }: SharedKey): string {
    if (epoch !== this.#epoch) this.#enter(epoch)
    const [first] = tags
    return first === undefined ? `${this.#entry}${id}}` : `${this.#entry}${first}}${id}`
  }

  /** The right to fill an entry. */
  lease(epoch: EpochId, key: SharedKey): string {
    return this.#beside('l', this.entry(epoch, key))
  }

  /** Somebody waits for a fill. */
  waiting(epoch: EpochId, key: SharedKey): string {
    return this.#beside('w', this.entry(epoch, key))
  }

  /** Of no epoch: a version outlives failovers. */
  version(operation: string): string {
    return `${this.#prefix}:v:{${operation}}`
  }

  tombstone(epoch: EpochId, tag: number): string {
    if (epoch !== this.#epoch) this.#enter(epoch)
    return `${this.#tombstone}${tag}}`
  }

  /** There is one epoch nearly always, and the beginning of its names is made once. */
  #enter(epoch: EpochId): void {
    this.#epoch = epoch
    this.#entry = `${this.#prefix}:${epoch}:e:{`
    this.#tombstone = `${this.#prefix}:${epoch}:t2:{`
  }

  #beside(kind: 'l' | 'w', entry: string): string {
    return `${this.#prefix}:${this.#epoch}:${kind}${entry.slice(this.#entry.length - 2)}`
  }
}
