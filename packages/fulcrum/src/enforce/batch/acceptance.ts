import { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { growingPause, type Growth } from '../../kernel/growing-pause.ts'
import type { Call } from '../runtime/call.ts'
import type { StageParts } from '../runtime/stage.ts'
import type { Persistence } from './batch-carrier.ts'
import type { BatchQueue } from './batch-queue.ts'
import { BatchedCall } from './batched-call.ts'

/** What one transaction may take, in milliseconds: nobody waits for it, so only something that hangs is ended. */
const MOST_MS = 10_000
/** So often what takes longer is tried. */
const MOST_TIMEOUTS = 3
const PAUSES: Growth = { first: 50, longest: 2_000 }
/** Unavailable, too much contention, connection lost: nothing was done, and it is nobody's fault. */
const PASSING: readonly string[] = ['FUL-3002', 'FUL-3004', 'FUL-3005']

/** Accepted calls of an operation that were not carried out, for one reason. */
export interface Loss {
  readonly operation: string
  readonly calls: number
  readonly error: unknown
}

/**
 * Sees to calls that were answered before they are carried out.
 *
 * open → draining (nothing waits for its time any more) → abandoned. While the database is away their batches are tried again until it is back or the
 * application ends; meanwhile the queue fills, and who comes then is refused. So what ends a process loses what it has accepted, and nothing else does but a fault of the call itself,
 * a transaction that hangs, and a COMMIT of which nobody knows what became: that is not repeated. Each is counted, and told with its reason.
 */
export class Acceptance implements Persistence {
  readonly most: number = MOST_MS
  readonly #parts: StageParts
  #isAbandoned = false
  /** Of the present turn. */
  #losses = new Map<unknown, number>()

  constructor(parts: StageParts) {
    this.#parts = parts
  }

  /** Empties the queue before the application ends. */
  follow(queue: BatchQueue): void {
    this.#parts.inFlight.onDrain({
      drain: () => queue.flush(),
      abandon: () => {
        this.#isAbandoned = true
        queue.abandon(fulcrumError('FUL-3042', {}, { operation: this.#parts.operation.name }))
      },
    })
  }

  /** It is in flight until it has been carried out. */
  accept(call: Call, input: unknown): BatchedCall {
    const { clock, inFlight } = this.#parts
    inFlight.count += 1
    const settling = {
      resolve: () => inFlight.leave(),
      reject: (error: unknown) => {
        call.probe.noted('lost')
        this.#lost(error)
        inFlight.leave()
      },
    }
    return new BatchedCall({ call, input, since: clock.coarse(), deadline: Deadline.none }, settling)
  }

  readonly again = async (error: unknown, failures: number): Promise<boolean> => {
    const { clock, random } = this.#parts
    if (this.#isAbandoned || !mayPass(error, failures)) return false
    await clock.sleep(growingPause(failures - 1, PAUSES, random))
    return !this.#isAbandoned
  }

  /** One line for all that were lost together. */
  #lost(reason: unknown): void {
    if (this.#losses.size === 0) void this.#tell()
    this.#losses.set(reason, (this.#losses.get(reason) ?? 0) + 1)
  }

  async #tell(): Promise<void> {
    // What is lost together is lost in one turn.
    await Promise.resolve()
    const losses = this.#losses
    this.#losses = new Map()
    const operation = this.#parts.operation.name
    for (const [error, calls] of losses) this.#parts.lost({ operation, calls, error })
  }
}

function mayPass(error: unknown, failures: number): boolean {
  if (isFulcrumError(error, 'FUL-3001')) return failures < MOST_TIMEOUTS
  return isFulcrumError(error) && PASSING.includes(error.code)
}
