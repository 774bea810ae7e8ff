import { Deadline } from '../../kernel/deadline.ts'
import type { Timer } from '../../kernel/clock.ts'
import type { Call } from '../runtime/call.ts'

/** What becomes of a call. */
export interface Settling {
  resolve(output: unknown): void
  reject(error: unknown): void
}

/** A call, with what it asks for. */
export interface Asked {
  readonly call: Call
  readonly input: unknown
  /** When it began to wait, on the scale of `Clock.coarse()`. */
  readonly since: number
  /** Until when somebody waits for its answer. */
  readonly deadline: Deadline
}

/**
 * A call that is carried out together with others.
 *
 * waiting → sent (what it asks for is part of a transaction) → settled; back to waiting where that was undone, and its batch is taken apart. Who has it
 * is told when its deadline is over (`whenOver`): one that waits leaves and fails; for one that is sent only the outcome is true, so it goes on.
 */
export class BatchedCall {
  readonly call: Call
  readonly input: unknown
  readonly since: number
  readonly deadline: Deadline
  /** Why its deadline is over; `undefined` before that. */
  reason: Error | undefined = undefined
  whenOver: () => void = ignore
  readonly #settling: Settling
  readonly #expiry: Timer | undefined

  constructor({ call, input, since, deadline }: Asked, settling: Settling) {
    this.call = call
    this.input = input
    this.since = since
    this.deadline = deadline
    this.#settling = settling
    if (deadline !== Deadline.none) this.#expiry = deadline.onExpire((reason) => this.#over(reason))
  }

  resolve(output: unknown): void {
    this.#expiry?.cancel()
    this.#settling.resolve(output)
  }

  reject(error: unknown): void {
    this.#expiry?.cancel()
    this.#settling.reject(error)
  }

  #over(reason: Error): void {
    this.reason = reason
    this.whenOver()
  }
}

export function ignore(): void {}
