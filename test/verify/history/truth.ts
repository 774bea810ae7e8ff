import type { Value } from './operation.ts'

/** What a row of the log of writes says, which every write leaves in its own transaction. */
export interface Written {
  readonly key: number
  readonly version: number
  readonly writer: number
}

/** A fail-over: up to where the old primary's data came along. */
interface Fork {
  /** The version of each item. */
  readonly versions: readonly number[]
  /** The last writer that may have been lost. */
  readonly lastWriter: number
}

/** What became of a value that somebody was shown. */
export interface Placed {
  /** Its place in the order of the writes that survived: its own version, or, where that was lost, the last version that came along. */
  readonly version: number
  readonly isLost: boolean
}

const NOTHING: readonly Written[] = []

/** The writes that survived, in the order that the database has given them. */
export class Truth {
  readonly #writers: number[][]
  readonly #byWriter = new Map<number, Written[]>()
  readonly #forks: Fork[] = []
  /** Rows of writers up to this one have been learnt. */
  lastWriter = 0

  constructor(keys: number) {
    // Version 0 is what the items began with.
    this.#writers = Array.from({ length: keys }, () => [0])
  }

  get versions(): number[] {
    return this.#writers.map(({ length }) => length - 1)
  }

  get hasForked(): boolean {
    return this.#forks.length > 0
  }

  /** In any order. What is missing in between is found by `gaps`. */
  learn(rows: readonly Written[]): void {
    for (const row of rows) {
      const { key, version, writer } = row
      if (this.has(key, row)) continue
      ;(this.#writers[key] as number[])[version] = writer
      this.#byWriter.set(writer, [...(this.#byWriter.get(writer) ?? []), row])
    }
  }

  /** What a write has written; nothing where it was lost, or did not happen. */
  of(writer: number): readonly Written[] {
    return this.#byWriter.get(writer) ?? NOTHING
  }

  /** Items whose versions are not dense: `k3 has no version 7`. */
  gaps(): string[] {
    return this.#writers.flatMap((writers, key) => {
      const missing = Array.from(writers).findIndex((writer) => writer === undefined)
      return missing < 0 ? [] : [`k${key} has no version ${missing}`]
    })
  }

  /** The primary has been replaced by one with these versions. */
  forked(versions: readonly number[], lastWriter: number): void {
    versions.forEach((version, key) => (this.#writers[key] as number[]).splice(version + 1))
    this.#forks.push({ versions, lastWriter })
  }

  has(key: number, { version, writer }: Value): boolean {
    return this.#writers[key]?.[version] === writer
  }

  /** `undefined`: nobody has ever written that. */
  place(key: number, value: Value): Placed | undefined {
    if (this.has(key, value)) return { version: value.version, isLost: false }
    const fork = this.#forks.find(
      ({ versions, lastWriter }) => (versions[key] as number) < value.version && value.writer <= lastWriter,
    )
    return fork && { version: fork.versions[key] as number, isLost: true }
  }
}
