import { Bucket, type BucketParts } from '../bucket.ts'
import type { Buckets } from '../buckets.ts'
import { greeting } from '../greet-server.ts'
import { Keys } from '../keys.ts'
import { Link, type LinkParts } from '../link.ts'
import { bucketOf, HASH_TAGS, type HashTag } from './hash-tags.ts'
import type { Topology } from './topology.ts'

export interface ClusterParts
  extends Omit<LinkParts, 'greet' | 'open'>, Pick<BucketParts, 'fullness' | 'counters'> {
  readonly prefix: string
  readonly topology: Topology
  /** Called with each new connection. */
  readonly recovered: () => void
}

/**
 * The nodes of a cluster. What belongs together has to lie in one slot, and any entry may have any tags: so there are sixteen buckets of one slot each,
 * an entry lies in one of them, and the tombstones of all tags in each. Within a bucket everything is as it is on one server.
 *
 * Each bucket has a link of its own, to whoever has its slot: they come and go one by one. A bucket whose owner is away, or whose slot is being
 * moved, is away, and the others are not. The link finds the owner anew each time it connects.
 */
export class Cluster implements Buckets {
  readonly all: readonly Bucket[]
  readonly #links: readonly Link[]
  readonly #channel: string

  constructor({ prefix, fullness, ...parts }: ClusterParts) {
    const keys = HASH_TAGS.map(({ text }) => new Keys(prefix, text))
    const links = HASH_TAGS.map((hashTag, index) => linkOf(hashTag, keys[index] as Keys, parts))
    const { counters } = parts
    this.all = links.map(
      (connection, index) => new Bucket({ keys: keys[index] as Keys, connection, fullness, counters }),
    )
    this.#links = links
    this.#channel = new Keys(prefix).channel
  }

  get isReady(): boolean {
    return this.#links.every((link) => link.isReady)
  }

  of(id: string): Bucket {
    return this.all[bucketOf(id)] as Bucket
  }

  async start(): Promise<void> {
    try {
      await Promise.all(this.#links.map((link) => link.start()))
    } catch (denial) {
      this.close()
      throw denial
    }
  }

  /** Any node passes news on to the others. The first and the last bucket are seldom on the same, so one that hangs does not keep them back. */
  async publish(news: string): Promise<void> {
    const ready = this.#links.filter((link) => link.isReady)
    const [first = this.#links[0]] = ready
    try {
      await this.#publish(first as Link, news)
    } catch (error) {
      const last = ready.at(-1)
      if (last === undefined || last === first) throw error
      await this.#publish(last, news)
    }
  }

  close(): void {
    for (const link of this.#links) link.close()
  }

  #publish(link: Link, news: string): Promise<void> {
    return link.run(['PUBLISH', this.#channel, news], () => {})
  }
}

function linkOf({ slot }: HashTag, keys: Keys, parts: Omit<ClusterParts, 'prefix' | 'fullness'>): Link {
  const { topology, recovered, name, ...common } = parts
  const greet = greeting(keys, recovered)
  return new Link({ ...common, name: `${name}, slot ${slot}`, open: () => topology.toOwner(slot), greet })
}
