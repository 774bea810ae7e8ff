import type { Call } from './call.ts'

/** A call of a bulk read that waits to be read together with others. */
export interface Gathered {
  readonly call: Call
  readonly input: unknown
  readonly resolve: (answer: unknown) => void
  readonly reject: (reason: unknown) => void
}

/** Reads what has gathered, and settles each. Never throws. */
export type ReadTogether = (gathered: readonly Gathered[]) => void

/**
 * Brings the calls of one bulk read together in front of the handler.
 *
 * open (places are coming) → read (nobody is coming any more, and those who are here are read at once). It waits for no clock: each place arrives
 * or leaves within what the stages above allow, and one that waits for somebody else's reading leaves first, so that a bulk read is never held up
 * by other callers. The price: who leaves and comes back after all is read alone.
 */
export class Gathering {
  readonly #here: Gathered[] = []
  #coming: number
  #read: ReadTogether = ignore

  /** So many calls are coming. */
  constructor(coming: number) {
    this.#coming = coming
  }

  /** One of them is here. */
  arrived(gathered: Gathered, read: ReadTogether): void {
    this.#here.push(gathered)
    this.#read = read
    this.left()
  }

  /** One less is coming. */
  left(): void {
    this.#coming -= 1
    if (this.#coming === 0 && this.#here.length > 0) this.#read(this.#here)
  }
}

/** The place of one call in a gathering: `coming` → `here` or `gone`. */
export class Place {
  readonly #gathering: Gathering
  #isComing = true

  constructor(gathering: Gathering) {
    this.#gathering = gathering
  }

  /** It does not come: it was answered otherwise, or waits for somebody else. */
  leave(): void {
    if (!this.#isComing) return
    this.#isComing = false
    this.#gathering.left()
  }

  /** Waits for the others, and for what reading together answers; `undefined` where it has left before. */
  arrive(call: Call, input: unknown, read: ReadTogether): Promise<unknown> | undefined {
    if (!this.#isComing) return undefined
    this.#isComing = false
    return new Promise((resolve, reject) => {
      this.#gathering.arrived({ call, input, resolve, reject }, read)
    })
  }
}

function ignore(): void {}
