import type { Clock } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type BatchedCall, ignore } from './batched-call.ts'

export interface Limits {
  /** Named by the errors. */
  readonly operation: string
  /** What it may take in any case, in milliseconds. */
  readonly most: number
}

/** The deadline of a batch: it ends when the last of those who wait for it has gone, and no sooner; or after `most` milliseconds. */
export class UntilAllAreGone implements Disposable {
  readonly deadline: Deadline
  readonly #batch: readonly BatchedCall[]

  constructor(batch: readonly BatchedCall[], clock: Clock, { operation, most }: Limits) {
    this.#batch = batch
    const longest = batch.reduce((so, { deadline }) => Math.max(so, deadline.remaining()), 0)
    this.deadline = Deadline.after(clock, Math.min(longest, most), { operation })
    let waiting = batch.length
    for (const one of batch) {
      one.whenOver = () => {
        waiting -= 1
        if (waiting === 0) this.deadline.end(one.reason as FulcrumError)
      }
    }
  }

  [Symbol.dispose](): void {
    for (const one of this.#batch) one.whenOver = ignore
    this.deadline[Symbol.dispose]()
  }
}
