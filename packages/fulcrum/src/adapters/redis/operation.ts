import type { Reply } from './client.ts'
import type { Waiting } from './in-flight.ts'
import type { ServerClock } from './server-clock.ts'
import { codeOf } from './server-error.ts'

/** What a reply means. `time` is the clock of the server that replied. */
export type Decode<T> = (reply: Reply, time: ServerClock) => T

/** Who is told what becomes of an operation. */
export interface OperationOwner {
  readonly time: ServerClock
  /** A reply is here. */
  answered(operation: Waiting): void
  /** An error instead of a reply; returns what the caller is told. */
  refused(operation: Waiting, error: unknown): Error
  /** Nothing is here in time; returns what the caller is told. */
  expired(): Error
}

export interface OperationParts<T> {
  readonly owner: OperationOwner
  readonly decode: Decode<T>
  readonly dueAt: number
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

/** One command that was sent: waiting → answered, refused or expired, whichever is first; what comes later is ignored. */
export class Operation<T> implements Waiting {
  readonly dueAt: number
  before: Waiting | undefined
  after: Waiting | undefined
  readonly #parts: OperationParts<T>
  #isOver = false

  constructor(parts: OperationParts<T>) {
    this.#parts = parts
    this.dueAt = parts.dueAt
  }

  /** Listens to what the client says. */
  listen(sent: Promise<unknown>): void {
    sent.then(
      (reply) => this.#answered(reply as Reply),
      (error: unknown) => this.#refused(error),
    )
  }

  expire(): void {
    this.#isOver = true
    const { owner, reject } = this.#parts
    reject(owner.expired())
  }

  #answered(reply: Reply): void {
    if (this.#isOver) return
    const { owner, decode, resolve } = this.#parts
    try {
      resolve(decode(reply, owner.time))
    } catch (error) {
      return this.#refused(error)
    }
    this.#isOver = true
    owner.answered(this)
  }

  #refused(error: unknown): void {
    if (this.#isOver) return
    // That a key holds something else than ours is an answer to the question what it holds.
    if (codeOf(error) === 'WRONGTYPE') return this.#answered((error as Error).message)
    this.#isOver = true
    const { owner, reject } = this.#parts
    reject(owner.refused(this, error))
  }
}
