import { fulcrumError, isFulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { ClaimedJob } from '../../../ports/queue.ts'
import type { CompiledOperation } from '../../runtime/runtime.ts'

/** What became of a run. `given back`: it is as if it had not been; `lost`: it is somebody else's to settle. */
export type RunOutcome =
  { readonly kind: 'done' | 'given back' | 'lost' } | { readonly kind: 'failed'; readonly reason: string }

/** Why a run is ended from outside. */
export type EndReason = 'lost' | 'given back'

const LONGEST_REASON = 2_000

/**
 * One run of a claimed job: running → ended, by itself or from outside. A run that is ended aborts `ctx.signal` and does not wait for the handler: what
 * that holds of the database is rolled back and given back.
 */
export class JobRun {
  readonly claim: ClaimedJob
  readonly outcome: Promise<RunOutcome>
  /** When the queue last heard of it, on the scale of `Clock.now()`. */
  keptAt: number
  readonly #abort = new AbortController()
  #end: EndReason | undefined

  constructor(operation: CompiledOperation, claim: ClaimedJob, now: number) {
    this.claim = claim
    this.keptAt = now
    this.outcome = this.#run(operation)
  }

  end(reason: EndReason): void {
    this.#end ??= reason
    const why = reason === 'lost' ? 'the queue has not heard of it in time' : 'the instance shuts down'
    this.#abort.abort(fulcrumError('FUL-3103', { id: this.claim.root, reason: why }))
  }

  async #run(operation: CompiledOperation): Promise<RunOutcome> {
    const { root, id, retries, input } = this.claim
    const mayBeApplied = retries > 0 || root !== id
    const job = { id: root, attempt: retries + 1, mayBeApplied }
    try {
      await operation.run(operation.begin({ signal: this.#abort.signal, job }), input)
      return { kind: 'done' }
    } catch (error) {
      return this.#failed(error)
    }
  }

  #failed(error: unknown): RunOutcome {
    if (isFulcrumError(error, 'FUL-3102')) return { kind: 'done' }
    if (this.#end !== undefined) return { kind: this.#end }
    // The instance has begun to shut down in the meantime.
    if (isFulcrumError(error, 'FUL-3003')) return { kind: 'given back' }
    return { kind: 'failed', reason: reasonOf(error).slice(0, LONGEST_REASON) }
  }
}

/** With what led to it, which is what says something about many an error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = isFulcrumError(error) ? error.message : `${error.name}: ${error.message}`
  return error.cause instanceof Error ? `${own} (${reasonOf(error.cause)})` : own
}
