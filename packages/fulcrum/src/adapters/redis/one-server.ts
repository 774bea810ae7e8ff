import { Bucket, type BucketParts } from './bucket.ts'
import type { Buckets } from './buckets.ts'
import { greeting } from './greet-server.ts'
import { Link, type LinkParts } from './link.ts'

export interface OneServerParts
  extends Omit<LinkParts, 'greet'>, Pick<BucketParts, 'keys' | 'fullness' | 'counters'> {
  /** Called with each new connection. */
  readonly recovered: () => void
}

/** One server, or whatever stands before several and looks like one: everything lies together. */
export class OneServer implements Buckets {
  readonly all: readonly Bucket[]
  readonly #bucket: Bucket
  readonly #link: Link
  readonly #channel: string

  constructor({ keys, fullness, recovered, ...parts }: OneServerParts) {
    this.#channel = keys.channel
    this.#link = new Link({ ...parts, greet: greeting(keys, recovered) })
    this.#bucket = new Bucket({ keys, connection: this.#link, fullness, counters: parts.counters })
    this.all = [this.#bucket]
  }

  get isReady(): boolean {
    return this.#link.isReady
  }

  of(_id: string): Bucket {
    return this.#bucket
  }

  start(): Promise<void> {
    return this.#link.start()
  }

  publish(news: string): Promise<void> {
    return this.#link.run(['PUBLISH', this.#channel, news], () => {})
  }

  close(): void {
    this.#link.close()
  }
}
