/**
 * A memory of what happened lately, by key: bounded, and forgetting the oldest half at once, so that remembering costs a look-up and no bookkeeping.
 */
export class Generations<T> {
  readonly #most: number
  readonly #forgotten: (values: Iterable<T>) => void
  #young = new Map<number, T>()
  #old = new Map<number, T>()

  /** `forgotten` is told what falls out. */
  constructor(most: number, forgotten: (values: Iterable<T>) => void = () => {}) {
    this.#most = most
    this.#forgotten = forgotten
  }

  get(key: number): T | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  set(key: number, value: T): void {
    if (this.#young.size >= this.#most / 2) this.#age()
    this.#young.set(key, value)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }

  #age(): void {
    for (const key of this.#young.keys()) this.#old.delete(key)
    this.#forgotten(this.#old.values())
    this.#old = this.#young
    this.#young = new Map()
  }
}
