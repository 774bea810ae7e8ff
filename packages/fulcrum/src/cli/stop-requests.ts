import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Signals that arrive closer together than this are one request: Ctrl-C reaches the whole process group, and npm passes it on once more.
 */
const SAME_REQUEST_MS = 500

/**
 * The wish to stop, from a signal or from `request()`.
 *
 * running → (first request) stopping → (another signal, later) the process ends at once, with 128 + the number of the signal, as shells
 * expect. Trade-off: a second Ctrl-C within half a second does not force anything.
 */
export class StopRequests implements Disposable {
  readonly #requested = Promise.withResolvers<void>()
  readonly #onSignal = (signal: (typeof SIGNALS)[number]): void => this.#take(signal)
  #since: number | undefined

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
  }

  /** Resolves when somebody wants this process to stop. */
  get requested(): Promise<void> {
    return this.#requested.promise
  }

  get isRequested(): boolean {
    return this.#since !== undefined
  }

  request(): void {
    this.#since ??= performance.now()
    this.#requested.resolve()
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal)
  }

  #take(signal: (typeof SIGNALS)[number]): void {
    const isAnother = this.#since !== undefined && performance.now() - this.#since > SAME_REQUEST_MS
    if (isAnother) process.exit(128 + constants.signals[signal])
    this.request()
  }
}
