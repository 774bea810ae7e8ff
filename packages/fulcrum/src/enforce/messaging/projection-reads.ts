import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { EpochId } from '../../consistency/epoch.ts'
import type { Lsn } from '../../consistency/label.ts'
import { covers } from '../../ports/coverage.ts'
import type { Subscriptions } from '../../ports/subscriptions.ts'
import type { Call } from '../runtime/call.ts'

/** What has to be in the tables of a projection: what was written before the log was here. */
export interface Needed {
  readonly epoch: EpochId | undefined
  readonly lsn: Lsn
}

/** Between two looks: short at first, since a projection that is asked is there within milliseconds. */
const PAUSE = { first: 2, longest: 100 }
/** Of what is left of the deadline; then there is time to say why. */
const SHARE = 0.8
/** For callers without a deadline. */
const LONGEST_MS = 10_000

/**
 * Lets reads of a projection wait until its tables have what they need.
 *
 * How far they are is read on the connection that the handler reads with afterwards. A projection never goes back, so what was there is there still.
 */
export class ProjectionReads {
  readonly #subscriptions: Subscriptions
  readonly #clock: Clock
  #ask: (projection: string) => void = () => {}

  constructor(subscriptions: Subscriptions, clock: Clock) {
    this.#subscriptions = subscriptions
    this.#clock = clock
  }

  /** How a projection is made to say how far it is. */
  askWith(ask: (projection: string) => void): void {
    this.#ask = ask
  }

  /** Everything that is committed by now. */
  everything(call: Call): Promise<Needed> {
    return this.#subscriptions.position(call)
  }

  /** Resolves when the node that the call reads on has it. @throws FUL-3050 when there is no time left to wait. */
  async until(call: Call, projection: string, needed: Needed): Promise<void> {
    const until = this.#clock.now() + Math.min(LONGEST_MS, call.deadline.remaining() * SHARE)
    for (let pause = PAUSE.first; ; pause = Math.min(PAUSE.longest, pause * 2)) {
      if (covers(await this.#subscriptions.coverage(call, projection), needed)) return
      // Somebody else may use the connection meanwhile, and a snapshot would not show anything new.
      call.endReads()
      if (this.#clock.now() + pause > until)
        throw fulcrumError('FUL-3050', { projection }, { operation: call.operation })
      this.#ask(projection)
      await this.#clock.sleep(pause)
      call.deadline.throwIfOver()
    }
  }
}
