/** Calls of this instance that wait for another instance to fill a key. */
export class FillWaiters {
  readonly #byKey = new Map<string, Set<() => void>>()

  /** Calls `listener` once when the key is filled, or given up. Returns what stops it. */
  wait(key: string, listener: () => void): () => void {
    const listeners = this.#byKey.get(key) ?? new Set()
    this.#byKey.set(key, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#byKey.get(key) === listeners) this.#byKey.delete(key)
    }
  }

  filled(key: string): void {
    const listeners = this.#byKey.get(key)
    this.#byKey.delete(key)
    for (const listener of listeners ?? []) listener()
  }
}
