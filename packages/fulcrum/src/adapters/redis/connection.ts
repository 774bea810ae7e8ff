import type { Decode } from './operation.ts'

/** Where commands are sent. */
export interface Connection {
  /** It answers. */
  readonly isReady: boolean
  /** @throws FUL-3002 when the server is away, does not answer in time, or has an objection. */
  run<T>(args: readonly (string | Buffer)[], decode: Decode<T>): Promise<T>
}
