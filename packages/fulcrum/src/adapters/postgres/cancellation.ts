import type { Clock } from '../../kernel/clock.ts'
import type { Exchange } from './exchange.ts'
import type { Identity } from './identity.ts'

/** Has a backend cancel what it is doing; resolves when the server has passed the signal on. */
export type CancelBackend = (backend: number) => Promise<void>

/** The signal is ignored by a backend that has not read the statement yet, so it is repeated until the statement ends. */
const REPEAT_MS = 20
/** A connection whose statement goes on this long after the first signal is given up. */
const PATIENCE_MS = 5_000

/**
 * What is known about stopping the statement that a connection works on.
 *
 * none → requested (the server is being asked) → passed on; again every 20 ms while the same statement is at the head. PostgreSQL signals a
 * process, not a statement: the signal takes effect on whatever the backend does when it arrives. Hence `mayHaveHit`, and the rule that a
 * connection is not used again while a request is under way. Once the server has answered, the signal has been delivered, and a backend that
 * is waiting for its next command ignores it.
 */
export class Cancellation {
  readonly #clock: Clock
  readonly #backend: number
  readonly #cancelBackend: CancelBackend
  readonly #done: () => void
  #isUnderWay = false
  #target: Exchange | undefined
  #firstAt = 0
  #endedAt = -Infinity

  constructor(parts: CancellationParts, done: () => void) {
    this.#clock = parts.clock
    this.#backend = parts.identity.backend
    this.#cancelBackend = parts.cancelBackend
    this.#done = done
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay
  }

  request(target: Exchange): void {
    const now = this.#clock.now()
    if (this.#target !== target) {
      this.#target = target
      this.#firstAt = now
    } else if (now - this.#endedAt < REPEAT_MS) return
    if (this.#isUnderWay) return
    this.#isUnderWay = true
    void this.#ask()
  }

  /** Whether the target goes on in spite of the signals, or the signals cannot be sent. */
  hasFailed(target: Exchange): boolean {
    return this.#target === target && this.#clock.now() - this.#firstAt > PATIENCE_MS
  }

  mayHaveHit(exchange: Exchange): boolean {
    return this.#isUnderWay || this.#endedAt >= exchange.sentAt
  }

  async #ask(): Promise<void> {
    try {
      await this.#cancelBackend(this.#backend)
    } catch {
      // The way to the server is cut. The request is repeated; if the way stays cut, the connection is given up.
    }
    this.#isUnderWay = false
    this.#endedAt = this.#clock.now()
    this.#done()
  }
}

export interface CancellationParts {
  readonly clock: Clock
  readonly identity: Identity
  readonly cancelBackend: CancelBackend
}
