import { type EpochId, epochId } from '../consistency/epoch.ts'
import type { Lsn, ReadLabel } from '../consistency/label.ts'
import { PositionRing } from '../consistency/position-ring.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Freshness } from '../ports/store.ts'

/** The model never fails over. */
export const MODELLED_EPOCH: EpochId = epochId({ systemId: '1', timeline: 1 })

/** What a store without data knows of its positions. It is asked at once whenever somebody wants to know, so ages are exact. */
export class ModelledFreshness implements Freshness {
  readonly epoch: EpochId = MODELLED_EPOCH
  readonly isPrimaryHealthy: boolean = true
  readonly #clock: Clock
  readonly #position: () => Lsn
  readonly #ring = new PositionRing()

  constructor(clock: Clock, position: () => Lsn) {
    this.#clock = clock
    this.#position = position
  }

  asOf(label: Pick<ReadLabel, 'source' | 'lo'>): number {
    this.#ring.add(this.#clock.now(), this.#position())
    return this.#ring.asOf(label)
  }

  forkOf(): undefined {
    return undefined
  }

  async refresh(): Promise<void> {}

  onEpoch(): void {}
}
