import { epochId, type EpochId } from '../../../packages/fulcrum/src/consistency/epoch.ts'
import { KEYS, NOTHING } from './data.ts'

/** The names of the epochs; a run has at most as many. */
export const EPOCHS: readonly EpochId[] = Array.from({ length: 8 }, (_, index) =>
  epochId({ systemId: '7', timeline: index + 1 }),
)

/** Where an epoch left the one before. */
interface Fork {
  readonly lsn: number
  /** By key: the version that came along, and the greatest one that had been given out by then. */
  readonly kept: readonly number[]
  readonly given: readonly number[]
}

/** Which versions exist in which epoch, and since when they are visible on the primary: what the invariants are checked against. */
export class Lineage {
  readonly #forks: Fork[] = []
  /** By key: the greatest version given out. */
  readonly #given: number[] = NOTHING.slice()
  readonly #times: number[][] = NOTHING.map(() => [])
  readonly #versions: number[][] = NOTHING.map(() => [])

  get epoch(): number {
    return this.#forks.length
  }

  nextVersion(key: number): number {
    return (this.#given[key] = (this.#given[key] as number) + 1)
  }

  /** It became visible on the primary. */
  shown(key: number, version: number, time: number): void {
    this.#times[key]?.push(time)
    this.#versions[key]?.push(version)
  }

  /** The last version that was visible on the primary at `time`. */
  visibleAt(key: number, time: number): number {
    const times = this.#times[key] as number[]
    let index = times.length - 1
    while (index >= 0 && (times[index] as number) > time) index--
    return index < 0 ? 0 : (this.#versions[key]?.[index] as number)
  }

  promote(lsn: number, kept: readonly number[], time: number): void {
    this.#forks.push({ lsn, kept, given: [...this.#given] })
    for (let key = 0; key < KEYS; key++) {
      const versions = this.#versions[key] as number[]
      while (versions.length > 0 && (versions.at(-1) as number) > (kept[key] as number)) {
        versions.pop()
        this.#times[key]?.pop()
      }
      if ((versions.at(-1) ?? 0) < (kept[key] as number)) this.shown(key, kept[key] as number, time)
    }
  }

  /** The last position that epoch `from` shares with `to`. */
  forkLsn(from: number, to: number): number | undefined {
    let lsn: number | undefined
    for (const fork of this.#forks.slice(from, to)) lsn = Math.min(lsn ?? Infinity, fork.lsn)
    return lsn
  }

  /** What remains of a version of epoch `from` in epoch `to`. */
  remains(key: number, version: number, { from, to }: { from: number; to: number }): number {
    let remaining = version
    for (let index = from; index < to; index++) {
      const { kept, given } = this.#forks[index] as Fork
      const last = kept[key] as number
      if (remaining > last && remaining <= (given[key] as number)) remaining = last
    }
    return remaining
  }

  /** Whether a version was lost before an epoch began. */
  isLost(key: number, version: number, epoch: number): boolean {
    return this.remains(key, version, { from: 0, to: epoch }) !== version
  }
}
