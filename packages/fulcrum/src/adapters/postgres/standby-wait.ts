import type { Deadline } from '../../kernel/deadline.ts'
import type { Connection } from './connection.ts'

/** What the server's notices say of where they come from, whatever language their text is in. */
interface Notice {
  readonly routine?: string
}

/** The server's routine in which COMMIT waits for standbys, and which warns when the wait is cut short. */
const WAITING_ROUTINE = 'SyncRepWaitForLSN'

export interface StandbyWaitParts {
  readonly connection: Connection
  readonly deadline: Deadline
  readonly cancelBackend: (backend: number) => Promise<void>
}

/**
 * A COMMIT that waits for a synchronous standby. When the deadline is over the wait is cancelled on the server: the transaction is committed by then,
 * and becomes visible.
 *
 * waiting → cut short (by the deadline here, or by anybody on the server) → ended; or waiting → ended, when a standby has confirmed.
 */
export class StandbyWait implements AsyncDisposable {
  readonly #parts: StandbyWaitParts
  readonly #watch: Disposable
  #cancelling: Promise<void> | undefined
  #reason: string | undefined

  constructor(parts: StandbyWaitParts) {
    this.#parts = parts
    parts.connection.client.on('notice', this.#noticed)
    const timer = parts.deadline.onExpire(() => this.#cancel())
    this.#watch = { [Symbol.dispose]: () => timer.cancel() }
  }

  /** Why no standby has confirmed; `undefined` while nothing speaks against it. */
  get shortcoming(): string | undefined {
    return this.#reason
  }

  /** A cancellation that is under way must not hit what comes next, so it is waited for, and the connection is not used again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch[Symbol.dispose]()
    this.#parts.connection.client.off('notice', this.#noticed)
    await this.#cancelling
  }

  #cancel(): void {
    const { connection, cancelBackend } = this.#parts
    connection.isSpoiled = true
    this.#cancelling = cancelBackend(connection.identity.backend).catch(() => {})
  }

  readonly #noticed = (notice: unknown): void => {
    if ((notice as Notice).routine !== WAITING_ROUTINE) return
    this.#reason =
      this.#cancelling === undefined
        ? 'the wait for it was cancelled on the server'
        : 'the deadline passed while it was waited for'
  }
}
