/** The calls of this instance that are under way, by what makes them the same: a repetition learns of them without asking the database. */
export class CallsHere {
  readonly #ends = new Map<string, Promise<void>>()

  /** Resolves when the call that is under way under the id has ended; `undefined` where there is none. */
  other(id: string): Promise<void> | undefined {
    return this.#ends.get(id)
  }

  /** Makes it one that is under way, until what is returned is disposed of. */
  enter(id: string): Disposable {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ends.set(id, promise)
    return {
      [Symbol.dispose]: () => {
        this.#ends.delete(id)
        resolve()
      },
    }
  }
}
