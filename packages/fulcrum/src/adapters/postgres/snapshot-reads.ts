import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Bracket as BracketKind } from '../../ports/store.ts'
import { Bracket } from './bracket.ts'
import type { Connection } from './connection.ts'
import { NOBODY } from './exchange.ts'
import { reasonOf } from './failure.ts'
import { MOST_REPEATS, type Read, type ReadHome } from './read.ts'
import { Script } from './script.ts'
import { CLOSING } from './sql/bracket.ts'
import { BEGIN_SNAPSHOT, ROLLBACK } from './sql/transaction.ts'
import { mayRunAgain } from './statement.ts'
import { textTraits } from './text-traits.ts'

export interface SnapshotReadsParts {
  /** The node, for messages. */
  readonly label: string
  readonly kind: BracketKind
  readonly connection: Connection
  /** It was over before a read could be sent. */
  readonly strayed: (read: Read) => void
}

/**
 * The reads of one call in one snapshot, on a connection of their own.
 *
 * new → beginning (BEGIN travels with the first read) → begun, when that one was handed out → over. The snapshot is that of the first read: its
 * bracket is the bracket of all, opened before BEGIN and closed in the transaction, behind the first read. Until then it can be begun again; after
 * that a failure is the end of it.
 */
export class SnapshotReads implements ReadHome {
  readonly label: string
  readonly connection: Connection
  readonly #kind: BracketKind
  readonly #strayed: (read: Read) => void
  #isOver = false
  #first: Read | undefined
  #bracket: Bracket | undefined
  #failure: { readonly error: unknown } | undefined

  constructor({ label, kind, connection, strayed }: SnapshotReadsParts) {
    this.label = label
    this.#kind = kind
    this.connection = connection
    this.#strayed = strayed
  }

  send(read: Read): void {
    if (textTraits(read.text).isSticky) this.connection.isSpoiled = true
    read.home = this
    if (this.#first === undefined) this.#begin(read)
    else if (this.#first === read) this.#beginAgain(read)
    else void this.#follow(read)
  }

  tryAgain(read: Read, error: unknown): boolean {
    if (
      this.#first === read &&
      !this.connection.isLost &&
      read.repeats < MOST_REPEATS &&
      mayRunAgain(error)
    ) {
      read.repeats++
      this.#beginAgain(read)
      return true
    }
    this.#failure ??= { error }
    return false
  }

  /** Leaves the connection as it was. */
  end(): void {
    this.#isOver = true
    this.#rollback()
  }

  #rollback(): void {
    this.connection.send(new Script(ROLLBACK).receiveWith(NOBODY))
  }

  #begin(read: Read): void {
    const { connection } = this
    this.#first = read
    connection.together(() => {
      this.#bracket = this.#kind === 'none' ? undefined : new Bracket(connection, this.#kind)
      const after = this.#kind === 'both' ? CLOSING[connection.identity.role] : undefined
      connection.send(read.statement({ before: BEGIN_SNAPSHOT, after, bracket: this.#bracket }))
    })
  }

  #beginAgain(read: Read): void {
    this.#rollback()
    this.#begin(read)
  }

  /** What follows the first read is not sent before it is certain that there is a transaction. */
  async #follow(read: Read): Promise<void> {
    await this.#first?.promise.catch(ignore)
    if (this.#isOver) this.#strayed(read)
    else if (this.#failure === undefined) this.connection.send(read.statement({ bracket: this.#bracket }))
    else read.refuse(this.#aborted(read, this.#failure.error))
  }

  #aborted({ call: { operation } }: Read, cause: unknown): Error {
    return fulcrumError('FUL-4004', { reason: reasonOf(cause) }, { operation, cause })
  }
}

function ignore(): void {}
