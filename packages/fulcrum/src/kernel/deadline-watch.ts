import type { Timer } from './clock.ts'
import type { FulcrumError } from './errors/fulcrum-error.ts'

export type EndListener = (reason: FulcrumError) => void

/** One listener of one watch; an object of its own, so that the same function may be registered twice. */
class Registration implements Timer {
  readonly listener: EndListener
  readonly #watch: DeadlineWatch

  constructor(watch: DeadlineWatch, listener: EndListener) {
    this.#watch = watch
    this.listener = listener
  }

  cancel(): void {
    this.#watch.remove(this)
  }
}

/**
 * The part of a deadline that exists only once somebody wants to be told: `open` → `over` (with a reason) or `released`. Either way it lets go
 * of everything that it holds, so that a long-lived signal or parent keeps no finished work alive.
 */
export class DeadlineWatch {
  #listeners: Registration[] = []
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
    const registration = new Registration(this, listener)
    if (this.#reason !== undefined) listener(this.#reason)
    else this.#listeners.push(registration)
    return registration
  }

  /** @internal For `cancel` of a registration. */
  remove(registration: Registration): void {
    const index = this.#listeners.indexOf(registration)
    if (index >= 0) this.#listeners.splice(index, 1)
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
    for (const { listener } of listeners) listener(reason)
  }

  release(): void {
    for (const source of this.#held) source.cancel()
    this.#held = []
    this.#listeners = []
  }
}
