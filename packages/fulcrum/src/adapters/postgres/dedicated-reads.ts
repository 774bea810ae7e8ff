import type { Connection } from './connection.ts'
import { MOST_REPEATS, type Read, type ReadHome } from './read.ts'
import { mayRunAgain, type Statement } from './statement.ts'
import { textTraits } from './text-traits.ts'

/** Reads on connections of their own, on one node. */
export class DedicatedReads implements ReadHome {
  readonly label: string
  readonly #before: string | undefined

  /** `before` makes the transaction of a read read-only, where the connections are not. */
  constructor(label: string, before: string | undefined) {
    this.label = label
    this.#before = before
  }

  send(connection: Connection, read: Read): void {
    if (textTraits(read.text).isSticky) connection.isSpoiled = true
    read.home = this
    read.sendOn(connection, this.#before)
  }

  tryAgain(read: Read, error: unknown, { connection }: Statement): boolean {
    if (connection === undefined || read.repeats >= MOST_REPEATS || !mayRunAgain(error)) return false
    read.repeats++
    this.send(connection, read)
    return true
  }
}
