import type { Timer } from './clock.ts'
import type { FulcrumError } from './errors/fulcrum-error.ts'
import { insertBefore, type Link, unlink } from './link.ts'

export type EndListener = (reason: FulcrumError) => void

/** One listener of one watch; an object of its own, so that the same function may be registered twice. */
class Registration implements Timer, Link {
  previous: Link = this
  next: Link = this
  readonly listener: EndListener

  constructor(listener: EndListener) {
    this.listener = listener
  }

  cancel(): void {
    unlink(this)
  }
}

/**
 * The part of a deadline that exists only once somebody wants to be told: `open` → `over` (with a reason) or `released`. Either way it lets go
 * of everything that it holds, so that a long-lived signal or parent keeps no finished work alive.
 *
 * It is the head of the list of its listeners: most calls have one, and an array for it would cost more than all the rest.
 */
export class DeadlineWatch implements Link {
  previous: Link = this
  next: Link = this
  #held: Timer[] = NOTHING
  #controller: AbortController | undefined = undefined
  #reason: FulcrumError | undefined = undefined

  get reason(): FulcrumError | undefined {
    return this.#reason
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  add(listener: EndListener): Timer {
    const registration = new Registration(listener)
    if (this.#reason !== undefined) listener(this.#reason)
    else insertBefore(registration, this)
    return registration
  }

  /** Keeps what ends the watch, to be cancelled when it is over. */
  hold(source: Timer): void {
    if (this.#reason !== undefined) source.cancel()
    else if (this.#held === NOTHING) this.#held = [source]
    else this.#held.push(source)
  }

  follow(signal: AbortSignal, onAbort: () => void): void {
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    this.hold({ cancel: () => signal.removeEventListener('abort', onAbort) })
  }

  end(reason: FulcrumError): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    const listeners = this.#listeners()
    this.release()
    this.#controller?.abort(reason)
    for (const listener of listeners) listener(reason)
  }

  release(): void {
    for (const source of this.#held) source.cancel()
    this.#held = NOTHING
    unlink(this)
  }

  #listeners(): EndListener[] {
    const listeners: EndListener[] = []
    for (let link = this.next; link !== this; { next: link } = link)
      listeners.push((link as Registration).listener)
    return listeners
  }
}

/** Shared by all watches that hold nothing, and never added to. */
const NOTHING: Timer[] = []
