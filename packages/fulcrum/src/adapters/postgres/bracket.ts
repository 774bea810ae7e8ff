import { type EpochId, epochId } from '../../consistency/epoch.ts'
import type { ReadLabel } from '../../consistency/label.ts'
import type { Bracket as BracketKind } from '../../ports/store.ts'
import type { Connection } from './connection.ts'
import type { Receiver } from './exchange.ts'
import { parseLsn } from './lsn.ts'
import { whyOver } from './over.ts'
import type { Read } from './read.ts'
import { parseSnapshot } from './snapshot-text.ts'
import { CLOSING, type ClosingRow, OPENING, type OpeningRow } from './sql/bracket.ts'
import { Statement } from './statement.ts'

/** A read that has its rows, and waits for its bracket to be closed. */
interface Waiting {
  readonly read: Read
  readonly statement: Statement
}

/**
 * The questions for positions around the data of one or several reads on one connection, all sent in one turn of the event loop.
 *
 * opened (the question before the data has been sent) → closed (that after it has been answered; only of the kind `both`), or failed. Reads of the
 * kind `both` get their rows when it is closed: a label that came later would be of no use to whoever labels the rows.
 */
export class Bracket implements Receiver<Statement> {
  readonly kind: Exclude<BracketKind, 'none'>
  readonly #connection: Connection
  readonly #opening: Statement
  readonly #waiting: Waiting[] = []
  #closing: Statement | undefined = undefined
  #isClosed = false
  #failure: { readonly error: unknown } | undefined = undefined

  constructor(connection: Connection, kind: Exclude<BracketKind, 'none'>) {
    this.kind = kind
    this.#connection = connection
    const text = OPENING[connection.identity.role][kind]
    this.#opening = new Statement({ text, values: [] }, undefined).receiveWith(this)
    connection.send(this.#opening)
  }

  /** Why nothing can be said of what was read in it. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  /** Whether all is known that a read of the given kind wants to know. */
  isCompleteFor(kind: BracketKind): boolean {
    return kind !== 'both' || this.#isClosed || this.#failure !== undefined
  }

  /** Asks what has to be asked after the data. */
  close(): void {
    if (this.kind !== 'both') return
    const text = CLOSING[this.#connection.identity.role]
    this.#closing = new Closing(text, this).receiveWith(this)
    this.#connection.send(this.#closing)
  }

  /** The statement had the question after the data with it, and has been answered. */
  closedBy(statement: Statement): void {
    this.#closing = statement
    this.#isClosed = true
  }

  hold(read: Read, statement: Statement): void {
    this.#waiting.push({ read, statement })
  }

  /** Lets go of the reads that wait, for somebody who sends them again. */
  takeWaiting(): Read[] {
    return this.#waiting.splice(0).map(({ read }) => read)
  }

  /** Tells those whose deadline is over. */
  sweep(): void {
    for (const each of this.#waiting.slice()) {
      const reason = whyOver(each.read.call.deadline)
      if (reason === undefined) continue
      this.#waiting.splice(this.#waiting.indexOf(each), 1)
      each.read.abandon(reason, each.statement)
    }
  }

  complete(statement: Statement): void {
    if (statement === this.#opening) return
    this.#isClosed = true
    for (const { read, statement: answered } of this.#waiting.splice(0)) read.complete(answered)
  }

  fail(error: unknown, { isSettled }: Statement): void {
    this.#failure ??= { error }
    for (const { read, statement } of this.#waiting.splice(0))
      if (isSettled) read.fail(error, statement)
      else read.abandon(error, statement)
  }

  /**
   * What is known of the data of a read; `undefined` where nothing can be said. `known` is the epoch that the node was known to be in before the
   * data was asked for, for replicas that do not tell.
   */
  label(known: EpochId | undefined): ReadLabel | undefined {
    const opening = this.#opening.results[0] as unknown as OpeningRow | undefined
    if (typeof opening?.lo !== 'string') return undefined
    const { identity } = this.#connection
    const closing = this.#closingRow()
    const epoch = identity.role === 'primary' ? identity.epoch : this.#replicaEpoch(opening, known)
    if (epoch === undefined || (this.#isClosed && !isBound(closing, opening))) return undefined
    const lo = parseLsn(opening.lo)
    const snapshot = opening.snapshot === undefined ? undefined : parseSnapshot(opening.snapshot)
    const hi = typeof closing?.hi === 'string' ? parseLsn(closing.hi) : Infinity
    return { epoch, source: identity.role, lo, hi, snapshot, rx: Number(closing?.rx ?? 0) }
  }

  #closingRow(): ClosingRow | undefined {
    if (!this.#isClosed) return undefined
    const row = this.#closing?.rowsAfter[0] ?? this.#closing?.results[0]
    return row as unknown as ClosingRow | undefined
  }

  #replicaEpoch({ timeline }: OpeningRow, known: EpochId | undefined): EpochId | undefined {
    if (typeof timeline !== 'number') return known
    return epochId({ systemId: this.#connection.identity.systemId, timeline })
  }
}

/** Positions on either side have to be of one timeline, and the upper one has to be there. */
function isBound(closing: ClosingRow | undefined, opening: OpeningRow): boolean {
  if (typeof closing?.hi !== 'string') return false
  return (closing.timeline ?? undefined) === (opening.timeline ?? undefined)
}

/** The question after the data. Those who wait for it have deadlines of their own. */
export class Closing extends Statement {
  readonly closes: Bracket

  constructor(text: string, closes: Bracket) {
    super({ text, values: [] }, undefined)
    this.closes = closes
  }

  override sweep(): void {
    this.closes.sweep()
  }
}

/** The brackets of one connection. What is collected to be written at once shares one of each kind. */
export class Brackets {
  readonly #connection: Connection
  readonly #isBatched: boolean
  #lower: Bracket | undefined = undefined
  #both: Bracket | undefined = undefined

  constructor(connection: Connection, isBatched: boolean) {
    this.#connection = connection
    this.#isBatched = isBatched
  }

  /** Has `send` send what belongs into a bracket. */
  around(kind: Exclude<BracketKind, 'none'>, send: (bracket: Bracket) => void): void {
    if (this.#isBatched) send(this.#ofBatch(kind))
    else this.#connection.together(() => this.#alone(kind, send))
  }

  /** What has been collected is about to be written. */
  close(): void {
    this.#both?.close()
    this.#lower = undefined
    this.#both = undefined
  }

  #ofBatch(kind: Exclude<BracketKind, 'none'>): Bracket {
    if (kind === 'both') return (this.#both ??= new Bracket(this.#connection, kind))
    return this.#both ?? (this.#lower ??= new Bracket(this.#connection, kind))
  }

  #alone(kind: Exclude<BracketKind, 'none'>, send: (bracket: Bracket) => void): void {
    const bracket = new Bracket(this.#connection, kind)
    send(bracket)
    bracket.close()
  }
}
