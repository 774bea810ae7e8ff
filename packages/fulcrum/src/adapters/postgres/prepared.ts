import type { RowDescription, Wire, WireClient, WireValue } from './driver.ts'
import { RowShape } from './row-shape.ts'

/** More distinct texts than this on one connection come from texts with values in them; the one unused the longest makes room. */
export const MOST_PREPARED = 250

/** A statement that the server has parsed under a short name. */
export class Prepared {
  readonly text: string
  readonly name: string
  /** `undefined` until the server has described it, which proves that it was parsed; `null` where it returns no rows. */
  shape: RowShape | null | undefined = undefined
  /** Why the server could not parse it. */
  failure: unknown = undefined
  usedAt: number

  constructor(text: string, name: string, usedAt: number) {
    this.text = text
    this.name = name
    this.usedAt = usedAt
  }
}

/**
 * The prepared statements of one connection, by text.
 *
 * absent → parsed with its first use (in the same message as that use) → described with the first answer; evicted when there are too many, or
 * forgotten when an error leaves it unclear whether the server knows it. Names are never used twice, so a forgotten statement cannot be
 * mistaken for its successor. A result's columns cannot change under a name (the server refuses that with 0A000), so they are described once.
 */
export class PreparedStatements {
  /** A client of the application's own pool may be lent to one store after the other. */
  static readonly #known = new WeakMap<WireClient, PreparedStatements>()
  readonly #client: WireClient
  readonly #byText = new Map<string, Prepared>()
  readonly #toClose: string[] = []
  #count = 0
  #uses = 0

  private constructor(client: WireClient) {
    this.#client = client
  }

  static of(client: WireClient): PreparedStatements {
    const known = PreparedStatements.#known.get(client)
    if (known !== undefined) return known
    const statements = new PreparedStatements(client)
    PreparedStatements.#known.set(client, statements)
    return statements
  }

  /** Writes the messages that execute a statement, all but the closing Sync. */
  write(wire: Wire, text: string, values: readonly WireValue[]): Prepared {
    if (this.#toClose.length > 0) this.#close(wire)
    const prepared = this.#byText.get(text) ?? this.#parse(wire, text)
    prepared.usedAt = ++this.#uses
    wire.bind({ statement: prepared.name, values })
    if (prepared.shape === undefined) wire.describe({ type: 'P' })
    wire.execute()
    return prepared
  }

  describe(prepared: Prepared, description: RowDescription): void {
    prepared.shape = new RowShape(this.#client, description)
  }

  /** Parses the statement anew with its next use. */
  forget(prepared: Prepared): void {
    if (this.#byText.get(prepared.text) !== prepared) return
    this.#byText.delete(prepared.text)
    this.#toClose.push(prepared.name)
  }

  /** The server has lost all statements, as after DISCARD ALL or DEALLOCATE ALL. */
  forgetAll(): void {
    for (const { name } of this.#byText.values()) this.#toClose.push(name)
    this.#byText.clear()
  }

  #parse(wire: Wire, text: string): Prepared {
    if (this.#byText.size >= MOST_PREPARED) this.#evict(wire)
    const prepared = new Prepared(text, `fulcrum_${++this.#count}`, this.#uses)
    this.#byText.set(text, prepared)
    wire.parse({ name: prepared.name, text })
    return prepared
  }

  #evict(wire: Wire): void {
    let oldest: Prepared | undefined
    for (const prepared of this.#byText.values()) {
      if (oldest === undefined || prepared.usedAt < oldest.usedAt) oldest = prepared
    }
    if (oldest === undefined) return
    this.forget(oldest)
    this.#close(wire)
  }

  #close(wire: Wire): void {
    for (const name of this.#toClose.splice(0)) wire.close({ type: 'S', name })
  }
}
