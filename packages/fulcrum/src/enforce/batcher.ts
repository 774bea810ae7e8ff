interface Waiting<T> {
  readonly item: T
  readonly done: PromiseWithResolvers<void>
}

/**
 * Does together what comes while the round before it is under way: nothing waits for company, and under load a round carries what has come in the
 * meantime.
 */
export class Batcher<T> {
  readonly #flush: (items: readonly T[]) => Promise<void>
  readonly #most: number
  #waiting: Waiting<T>[] = []
  #isFlushing = false

  constructor(flush: (items: readonly T[]) => Promise<void>, most: number) {
    this.#flush = flush
    this.#most = most
  }

  /** Resolves when it is done, rejects with what its round failed with. */
  add(item: T): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.#waiting.push({ item, done })
    if (!this.#isFlushing) void this.#run()
    return done.promise
  }

  async #run(): Promise<void> {
    this.#isFlushing = true
    // What is added in the same turn belongs to the first round.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#round(this.#waiting.splice(0, this.#most))
    this.#isFlushing = false
  }

  async #round(round: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.#flush(round.map(({ item }) => item))
      for (const { done } of round) done.resolve()
    } catch (error) {
      for (const { done } of round) done.reject(error)
    }
  }
}
