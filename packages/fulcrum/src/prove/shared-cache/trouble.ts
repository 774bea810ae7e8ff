import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'

/**
 * What may be wrong with a shared cache, as its callers see it:
 *
 * - `slow`: answers late, or too late
 * - `hanging`: does not answer, and has not done what was asked
 * - `cut`: has done what was asked, and the answer does not arrive
 * - `failing`: says at once that it cannot
 * - `full`: takes nothing more, and can be read from
 * - `lossy`: says that it has done what it has not
 * - `outdated`: answers with what it has answered before
 * - `garbled`: answers with other bytes: cut off, made up, or those of another key
 * - `deaf`: its news do not arrive, and nobody says so
 */
export const TROUBLES = [
  'slow',
  'hanging',
  'cut',
  'failing',
  'full',
  'lossy',
  'outdated',
  'garbled',
  'deaf',
] as const
export type TroubleKind = (typeof TROUBLES)[number]

export interface TroubleOptions {
  readonly clock: Clock
  readonly random: Random
  /** Milliseconds that an operation takes at the most, as of any adapter. Default 100. */
  readonly timeout?: number
  /** Milliseconds that one takes while the cache is `slow`. Default 60. */
  readonly latency?: number
}

/**
 * What is wrong with a cache at present, for all who are connected to it: nothing at first, then what is begun, each kind in a share of all
 * operations, until it is ended. Draws from the given randomness only, so equal seeds give equal trouble.
 */
export class Trouble {
  readonly clock: Clock
  readonly random: Random
  readonly timeout: number
  readonly latency: number
  readonly #shares = new Map<TroubleKind, number>()
  #flushes = 0

  constructor({ clock, random, timeout = 100, latency = 60 }: TroubleOptions) {
    this.clock = clock
    this.random = random
    this.timeout = timeout
    this.latency = latency
  }

  /** `share`: of the operations, or of the news, that meet it; from 0 to 1. Default all. */
  begin(kind: TroubleKind, share = 1): void {
    this.#shares.set(kind, share)
  }

  /** Ends one kind, or all. */
  end(kind?: TroubleKind): void {
    if (kind === undefined) this.#shares.clear()
    else this.#shares.delete(kind)
  }

  /** Everything in the cache is forgotten: entries, tombstones and leases. */
  flush(): void {
    this.#flushes += 1
  }

  /** How often it was flushed. */
  get flushes(): number {
    return this.#flushes
  }

  /** Whether what is done now meets it. */
  meets(kind: TroubleKind): boolean {
    const share = this.#shares.get(kind)
    return share !== undefined && (share >= 1 || this.random.next() < share)
  }
}
