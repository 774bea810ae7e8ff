import type { EpochId } from '../../consistency/epoch.ts'
import type { SharedKey } from '../../ports/shared-cache.ts'

/**
 * Names of keys. On a cluster, what stands in braces decides on the slot (Redis cluster specification, "Hash tags"): everything in one bucket has the
 * same there, and on one server nothing. Only the first braces count, so ids may contain some.
 *
 * ```
 * fulcrum:7431…/3:e:{8yc}<id>   an entry                 fulcrum:7431…/3:t2:{8yc}<tag>  a tombstone
 * fulcrum:7431…/3:l:{8yc}<id>   the right to fill it     fulcrum:v:{8yc}<operation>     the version of its entries
 * fulcrum:7431…/3:w:{8yc}<id>   somebody waits for that
 * ```
 *
 * The digit is the version of what a tombstone looks like: releases that write another form do not read this one, nor overwrite it.
 */
export class Keys {
  readonly channel: string
  /** Keys that say nothing. Where nothing decides on the slot they lie in different ones, so that a node of a cluster refuses to name them together. */
  readonly probes: readonly [string, string]
  readonly #prefix: string
  readonly #place: string
  #epoch: EpochId = ''
  #entry = ''
  #tombstone = ''

  constructor(prefix: string, hashTag?: string) {
    this.#prefix = prefix
    this.#place = hashTag === undefined ? '' : `{${hashTag}}`
    this.channel = `${prefix}:bus`
    this.probes = [`${prefix}:probe:${this.#place}{a}`, `${prefix}:probe:${this.#place}{b}`]
  }

  entry(epoch: EpochId, { id }: SharedKey): string {
    if (epoch !== this.#epoch) this.#enter(epoch)
    return this.#entry + id
  }

  /** The right to fill an entry. */
  lease(epoch: EpochId, { id }: SharedKey): string {
    return this.#beginning(epoch, 'l') + id
  }

  /** Somebody waits for a fill. */
  waiting(epoch: EpochId, { id }: SharedKey): string {
    return this.#beginning(epoch, 'w') + id
  }

  /** Of no epoch: a version outlives failovers. */
  version(operation: string): string {
    return `${this.#prefix}:v:${this.#place}${operation}`
  }

  tombstone(epoch: EpochId, tag: number): string {
    if (epoch !== this.#epoch) this.#enter(epoch)
    return this.#tombstone + tag
  }

  /** There is one epoch nearly always, and the beginning of its names is made once. */
  #enter(epoch: EpochId): void {
    this.#epoch = epoch
    this.#entry = this.#beginning(epoch, 'e')
    this.#tombstone = this.#beginning(epoch, 't2')
  }

  #beginning(epoch: EpochId, kind: 'e' | 't2' | 'l' | 'w'): string {
    return `${this.#prefix}:${epoch}:${kind}:${this.#place}`
  }
}
