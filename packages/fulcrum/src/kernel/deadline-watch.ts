import type { Timer } from './clock.ts'
import type { FulcrumError } from './errors/fulcrum-error.ts'

export type EndListener = (reason: FulcrumError) => void

/**
 * The part of a deadline that exists only once somebody wants to be told: `open` → `over` (with a reason) or `released`. Either way it lets go
 * of everything that it holds, so that a long-lived signal or parent keeps no finished work alive.
 */
export class DeadlineWatch {
  #listeners: EndListener[] = []
  #held: Timer[] = []
  #controller: AbortController | undefined
  #reason: FulcrumError | undefined

  get reason(): FulcrumError | undefined {
    return this.#reason
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  add(listener: EndListener): Timer {
    if (this.#reason !== undefined) listener(this.#reason)
    else this.#listeners.push(listener)
    return { cancel: () => this.#remove(listener) }
  }

  /** Keeps what ends the watch, to be cancelled when it is over. */
  hold(source: Timer): void {
    if (this.#reason === undefined) this.#held.push(source)
    else source.cancel()
  }

  follow(signal: AbortSignal, onAbort: () => void): void {
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    this.hold({ cancel: () => signal.removeEventListener('abort', onAbort) })
  }

  end(reason: FulcrumError): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    const listeners = this.#listeners
    this.release()
    this.#controller?.abort(reason)
    for (const listener of listeners) listener(reason)
  }

  release(): void {
    for (const source of this.#held) source.cancel()
    this.#held = []
    this.#listeners = []
  }

  #remove(listener: EndListener): void {
    const index = this.#listeners.indexOf(listener)
    if (index >= 0) this.#listeners.splice(index, 1)
  }
}
