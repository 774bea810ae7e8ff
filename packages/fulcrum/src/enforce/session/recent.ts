/**
 * What was looked up lately, by text: bounded, and forgetting the older half at once, so that remembering costs a look-up and no bookkeeping. What is
 * asked for again while it is in the older half stays.
 */
export class Recent<T> {
  readonly #half: number
  #young = new Map<string, T>()
  #old = new Map<string, T>()

  /** Remembers at most so many. */
  constructor(most: number) {
    this.#half = most / 2
  }

  get(key: string): T | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: string, value: T): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  /** How many are remembered, some perhaps twice. */
  get size(): number {
    return this.#young.size + this.#old.size
  }
}
