/** The calls of this instance that are under way, by what makes them the same: a repetition learns of them without asking the database. */
export class CallsHere {
  readonly #byId = new Map<string, CallHere>()

  /** Resolves when the call that is under way under the id has ended; `undefined` where there is none. */
  other(id: string): Promise<void> | undefined {
    return this.#byId.get(id)?.ended()
  }

  /** Makes it one that is under way, until what is returned is disposed of. */
  enter(id: string): Disposable {
    const call = new CallHere(id, this.#byId)
    this.#byId.set(id, call)
    return call
  }
}

/** Makes a promise only for those who wait, who are few. */
class CallHere implements Disposable {
  readonly #id: string
  readonly #among: Map<string, CallHere>
  #end: PromiseWithResolvers<void> | undefined = undefined

  constructor(id: string, among: Map<string, CallHere>) {
    this.#id = id
    this.#among = among
  }

  ended(): Promise<void> {
    return (this.#end ??= Promise.withResolvers()).promise
  }

  [Symbol.dispose](): void {
    this.#among.delete(this.#id)
    this.#end?.resolve()
  }
}
