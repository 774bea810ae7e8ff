import type { Clock } from './clock.ts'
import { formatDuration } from './duration.ts'
import { fulcrumError } from './errors/fulcrum-error.ts'

/** Stops one part. */
export type Dispose = () => void | Promise<void>

export interface DisposalFailure {
  readonly part: string
  /** What the part threw, or `FUL-3011` when it did not stop in time. */
  readonly error: unknown
}

export interface DisposerOptions {
  /** Milliseconds that a part may take to stop, unless it says otherwise. Default 5000. */
  readonly limit?: number
}

interface Part {
  readonly name: string
  readonly dispose: Dispose
  readonly limit: number
}

const LIMIT = 5000

/**
 * Stops parts in the reverse order of their start, one after the other, each within a time limit, and goes on when one fails.
 *
 * `open` (parts are added) → `disposing` → `disposed`. Disposing again returns the same outcome. A part that is late is reported and left
 * behind: the parts below it are stopped although it may still use them, because a shutdown that hangs is worse.
 */
export class Disposer implements AsyncDisposable {
  readonly #clock: Clock
  readonly #limit: number
  readonly #parts: Part[] = []
  #outcome: Promise<readonly DisposalFailure[]> | undefined

  constructor(clock: Clock, { limit = LIMIT }: DisposerOptions = {}) {
    this.#clock = clock
    this.#limit = limit
  }

  /** Adds a part, to be stopped before those that were added earlier. Refused (`FUL-3012`) once disposal has begun. */
  use(name: string, dispose: Dispose, limit: number = this.#limit): void {
    if (this.#outcome !== undefined)
      throw fulcrumError('FUL-3012', { part: name, reason: 'shutdown has begun' })
    this.#parts.push({ name, dispose, limit })
  }

  /** Stops everything. Never rejects: the parts that failed are returned, in the order of stopping. */
  dispose(): Promise<readonly DisposalFailure[]> {
    this.#outcome ??= this.#disposeAll()
    return this.#outcome
  }

  /** For `await using`: as `dispose`, but throws the failures. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures = await this.dispose()
    if (failures.length === 0) return
    const names = failures.map(({ part }) => part).join(', ')
    throw new AggregateError(
      failures.map(({ error }) => error),
      `Failed to stop: ${names}`,
    )
  }

  async #disposeAll(): Promise<readonly DisposalFailure[]> {
    const failures: DisposalFailure[] = []
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        await this.#stop(part)
      } catch (error) {
        failures.push({ part: part.name, error })
      }
    }
    return failures
  }

  async #stop({ name, dispose, limit }: Part): Promise<void> {
    const late = Promise.withResolvers<never>()
    const timer = this.#clock.timer(limit, () =>
      late.reject(fulcrumError('FUL-3011', { part: name, limit: formatDuration(limit) })),
    )
    try {
      await Promise.race([dispose(), late.promise])
    } finally {
      timer.cancel()
    }
  }
}
