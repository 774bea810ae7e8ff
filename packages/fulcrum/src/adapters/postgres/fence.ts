import type { Clock } from '../../kernel/clock.ts'
import { FENCE } from './sql/position.ts'

/** Between two fences. One that is not flushed at once is, 200 ms later, by the server's WAL writer. */
const PAUSE_MS = 250

export interface FenceParts {
  readonly clock: Clock
  /** Runs a statement on the primary. */
  readonly ask: (text: string, values: readonly string[]) => Promise<unknown>
}

/**
 * Has a primary write an empty message into its log, where somebody waits for it to go on. What a primary shows is only known to contain a write when
 * its log has gone beyond it, a replica cannot reach a position behind the header of a page that has nothing on it yet, and whole pages are flushed
 * while nobody commits: on a primary that nobody writes to all three last until something is written.
 *
 * Only on demand: on an idle primary a fence would be the only thing that the next one is needed for.
 */
export class Fence {
  readonly #parts: FenceParts
  #writtenAt = -Infinity
  #written = 0

  constructor(parts: FenceParts) {
    this.#parts = parts
  }

  /** How many were written. */
  get written(): number {
    return this.#written
  }

  /** Writes one, unless one was written a moment ago. Never rejects: who waits for it waits a little longer. */
  async write(): Promise<void> {
    const { clock, ask } = this.#parts
    const now = clock.now()
    if (now - this.#writtenAt < PAUSE_MS) return
    this.#writtenAt = now
    this.#written += 1
    await ask(FENCE, []).catch(ignore)
  }
}

function ignore(): void {}
