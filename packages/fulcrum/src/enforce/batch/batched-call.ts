import { Deadline } from '../../kernel/deadline.ts'
import type { Timer } from '../../kernel/clock.ts'
import type { Call } from '../runtime/call.ts'

/**
 * A call that is carried out together with others.
 *
 * waiting → sent (what it asks for is part of a transaction) → settled; back to waiting where that was undone, and its batch is taken apart. Who has it
 * is told when its deadline is over (`whenOver`): one that waits leaves and fails; for one that is sent only the outcome is true, so it goes on.
 */
export class BatchedCall {
  readonly call: Call
  readonly input: unknown
  /** When it began to wait, on the scale of `Clock.coarse()`. */
  readonly since: number
  readonly answer: Promise<unknown>
  /** Why its deadline is over; `undefined` before that. */
  reason: Error | undefined = undefined
  whenOver: () => void = ignore
  readonly #resolve: (output: unknown) => void
  readonly #reject: (error: unknown) => void
  readonly #expiry: Timer | undefined

  constructor(call: Call, input: unknown, since: number) {
    this.call = call
    this.input = input
    this.since = since
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.answer = promise
    this.#resolve = resolve
    this.#reject = reject
    if (call.deadline !== Deadline.none) this.#expiry = call.deadline.onExpire((reason) => this.#over(reason))
  }

  resolve(output: unknown): void {
    this.#expiry?.cancel()
    this.#resolve(output)
  }

  reject(error: unknown): void {
    this.#expiry?.cancel()
    this.#reject(error)
  }

  #over(reason: Error): void {
    this.reason = reason
    this.whenOver()
  }
}

export function ignore(): void {}
