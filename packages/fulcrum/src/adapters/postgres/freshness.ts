import { type Epoch, type EpochId, epochId, parseEpoch } from '../../consistency/epoch.ts'
import type { Lsn, ReadLabel } from '../../consistency/label.ts'
import { PositionRing } from '../../consistency/position-ring.ts'
import type { Deadline } from '../../kernel/deadline.ts'
import type { Freshness, StorePosition } from '../../ports/store.ts'
import type { ClusterIdentity } from './identity.ts'
import type { Monitor } from './monitor.ts'

export interface FreshnessParts {
  readonly cluster: ClusterIdentity
  /** Of the primary. */
  readonly monitor: () => Monitor
}

/**
 * What is known of the primary's positions over time, of one epoch at a time: a new epoch empties the ring. Whoever asks keeps the primary's
 * monitor awake, so that values which live off the answers do not grow old only because nobody reads from the database.
 */
export class PostgresFreshness implements Freshness {
  readonly #parts: FreshnessParts
  readonly #ring = new PositionRing()
  #ringEpoch: EpochId | undefined
  /** Every look at a cached value asks for the epoch: its text is made once. */
  #known: { readonly epoch: Epoch; readonly id: EpochId } | undefined

  constructor(parts: FreshnessParts) {
    this.#parts = parts
  }

  get epoch(): EpochId | undefined {
    this.#parts.monitor().touch()
    const { epoch } = this.#parts.cluster
    if (epoch === undefined) return undefined
    if (this.#known?.epoch !== epoch) this.#known = { epoch, id: epochId(epoch) }
    return this.#known.id
  }

  get isPrimaryHealthy(): boolean {
    return this.#parts.monitor().isHealthy
  }

  asOf(label: Pick<ReadLabel, 'source' | 'lo'>): number {
    this.#parts.monitor().touch()
    return this.#ring.asOf(label)
  }

  forkOf(timeline: number): Lsn | undefined {
    return this.#parts.cluster.forkOf(timeline)
  }

  async refresh(deadline: Deadline, heard?: EpochId): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const watch = deadline.onExpire(() => resolve())
    await Promise.race([promise, this.#look(heard)])
    watch.cancel()
  }

  /** Where the primary has been may not be where it is: what was learned from the one that was replaced says nothing any more. */
  outranked(): void {
    this.#ring.clear()
  }

  #look(heard: EpochId | undefined): Promise<void> {
    const epoch = heard === undefined ? undefined : parseEpoch(heard)
    if (epoch === undefined) return this.#parts.monitor().look()
    this.#parts.cluster.heardOf(epoch)
    return this.#parts.monitor().renew()
  }

  onEpoch(listener: (epoch: EpochId) => void): void {
    this.#parts.cluster.onEpoch((epoch) => listener(epochId(epoch)))
  }

  /** The primary had reached a position when it was asked. */
  readonly located = ({ lsn, epoch }: StorePosition, askedAt: number): void => {
    if (this.#parts.cluster.isOutranked) return
    if (epoch !== this.#ringEpoch) this.#ring.clear()
    this.#ringEpoch = epoch
    this.#ring.add(askedAt, lsn)
  }
}
