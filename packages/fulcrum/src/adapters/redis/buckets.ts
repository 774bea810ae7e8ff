import type { Bucket } from './bucket.ts'

/** All that is kept: in one bucket on one server, in several on the nodes of a cluster. */
export interface Buckets {
  /** All of them answer. */
  readonly isReady: boolean
  readonly all: readonly Bucket[]
  /** The one where an entry lies, or the version of an operation. */
  of(id: string): Bucket
  /** @throws FUL-1012 when a server is there and refuses what is needed. */
  start(): Promise<void>
  /** Sends news to all instances. @throws FUL-3002 when nobody takes them. */
  publish(news: string): Promise<void>
  close(): void
}
