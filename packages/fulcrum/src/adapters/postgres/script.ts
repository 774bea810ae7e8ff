import type { Deadline } from '../../kernel/deadline.ts'
import type { RowDescription, Wire } from './driver.ts'
import { Exchange } from './exchange.ts'
import { RowShape } from './row-shape.ts'

/** The outcome of one statement of a script. */
export interface ScriptResult {
  readonly tag: string
  readonly rows: readonly Record<string, unknown>[]
}

/**
 * Several statements in one simple query: what cannot be prepared, and what somebody else has written. Without an explicit
 * transaction they are one.
 */
export class Script extends Exchange {
  readonly text: string
  /** In order; also those that ended before another one failed. */
  readonly results: ScriptResult[] = []
  #shape: RowShape | undefined
  #rows: Record<string, unknown>[] = []

  constructor(text: string, deadline?: Deadline) {
    super(deadline)
    this.text = text
  }

  submit(wire: Wire): null {
    wire.query(this.text)
    return null
  }

  handleRowDescription(message: RowDescription): void {
    if (this.connection !== undefined) this.#shape = new RowShape(this.connection.client, message)
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    if (this.#shape !== undefined) this.#rows.push(this.#shape.row(fields))
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.results.push({ tag: text, rows: this.#rows })
    this.#rows = []
  }
}
