import type { Decode } from './operation.ts'

/** Where operations go: one server, or the nodes of a cluster. */
export interface Servers {
  /** They answer. */
  readonly isReady: boolean
  /** @throws FUL-1012 when a server is there and refuses what is needed. */
  start(): Promise<void>
  /**
   * Sends a command to the server that has `key`, which is a part of it.
   *
   * @throws FUL-3002 when that is away, does not answer in time, or has an objection.
   */
  run<T>(key: string, args: readonly (string | Buffer)[], decode: Decode<T>): Promise<T>
  close(): void
}
