import type { Deadline } from '../kernel/deadline.ts'
import type { FulcrumError } from '../kernel/errors/fulcrum-error.ts'

interface Waiter {
  readonly grant: () => void
}

/** The connections of a modelled node: `size` may be held at once, the rest wait in order of arrival, none longer than its deadline. */
export class ConnectionQueue {
  readonly #size: number
  readonly #waiting = new Set<Waiter>()
  #held = 0

  constructor(size: number) {
    this.#size = size
  }

  get state(): { readonly open: number; readonly idle: number; readonly waiting: number } {
    return { open: this.#size, idle: this.#size - this.#held, waiting: this.#waiting.size }
  }

  acquire(deadline: Deadline): Promise<void> {
    if (this.#held < this.#size) {
      this.#held += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => this.#wait(deadline, resolve, reject))
  }

  /** Hands the connection to whoever waits longest. */
  release(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#held -= 1
      return
    }
    this.#waiting.delete(next)
    next.grant()
  }

  #wait(deadline: Deadline, resolve: () => void, reject: (reason: FulcrumError) => void): void {
    const waiter: Waiter = {
      grant: () => {
        expiry.cancel()
        resolve()
      },
    }
    this.#waiting.add(waiter)
    const expiry = deadline.onExpire((reason) => {
      this.#waiting.delete(waiter)
      reject(reason)
    })
  }
}
