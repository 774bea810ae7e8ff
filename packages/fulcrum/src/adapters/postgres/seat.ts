import type { Bracket as BracketKind, CallFacts, ReadTerms } from '../../ports/store.ts'
import type { Connection } from './connection.ts'
import type { Located } from './monitor.ts'
import type { PostgresNode } from './node.ts'
import type { Pace } from './pace.ts'
import type { Pipeline } from './pipeline.ts'
import type { Read } from './read.ts'
import { SnapshotReads } from './snapshot-reads.ts'
import { takeReads } from './take-reads.ts'
import { textTraits } from './text-traits.ts'

/** Whose seat it is. */
export interface SeatHolder {
  readonly call: CallFacts
  readonly pace: Pace
  readonly terms: ReadTerms
  readonly bracket: BracketKind
  /** The node could not be reached for a read, which has not been sent. */
  unreachable(seat: Seat, read: Read, error: unknown): void
  /** The seat was left before a read could be sent. */
  strayed(read: Read): void
}

/**
 * Where the reads of one call are on one node.
 *
 * new → in use → left. Its statements share the pipelined connections, one by one, as long as the plan, the operation's pace and the statement's
 * text allow it; otherwise it takes a connection of its own at the first statement that needs one and keeps it until it is left.
 */
export class Seat {
  readonly node: PostgresNode
  /** Where the node was known to be before anything was sent. */
  readonly known: Located | undefined
  readonly #holder: SeatHolder
  #connecting: Promise<Connection> | undefined = undefined
  #connection: Connection | undefined = undefined
  #snapshot: SnapshotReads | undefined = undefined
  #hasSent = false
  #isLeft = false

  constructor(node: PostgresNode, holder: SeatHolder) {
    this.node = node
    this.known = node.monitor.position
    this.#holder = holder
    node.monitor.touch()
  }

  /** Something has been sent from here. */
  get hasSent(): boolean {
    return this.#hasSent
  }

  send(read: Read): void {
    read.seat = this
    const pipeline = this.#sharedBy(read.text)
    if (pipeline?.isOpen === true) this.#submit(pipeline, read)
    else if (pipeline === undefined && this.#connection !== undefined) this.#sendOn(this.#connection, read)
    else void this.#connectAndSend(read)
  }

  /** Gives its connection back, and the reads that are in flight on it to whoever sends them from elsewhere. */
  leave(): Read[] {
    this.#isLeft = true
    const connection = this.#connection
    if (connection === undefined) return []
    const reads = connection.load > 0 ? takeReads(connection) : []
    this.#connection = undefined
    this.#snapshot?.end()
    this.node.pool.release(connection)
    return reads
  }

  /** As `leave`, when nobody waits for an answer any more. */
  abandon(reason: unknown): void {
    if (this.#connection !== undefined && this.#connection.load > 0) this.#connection.abandonAll(reason)
    this.leave()
  }

  #submit(pipeline: Pipeline, read: Read): void {
    this.#hasSent = true
    pipeline.submit(read)
  }

  #sendOn(connection: Connection, read: Read): void {
    const { terms, bracket } = this.#holder
    if (terms.sees !== 'snapshot') return this.node.dedicatedReads.send(connection, read)
    const strayed = (each: Read): void => this.#holder.strayed(each)
    this.#snapshot ??= new SnapshotReads({ label: this.node.label, kind: bracket, connection, strayed })
    this.#snapshot.send(read)
  }

  #sharedBy(text: string): Pipeline | undefined {
    const { terms, pace } = this.#holder
    const isShared = terms.lane === 'pipelined' && terms.sees !== 'snapshot'
    if (!isShared || this.#connecting !== undefined || pace.isAlone) return undefined
    const { kind, isSticky } = textTraits(text)
    return kind === 'question' && !isSticky ? this.node.pipeline : undefined
  }

  async #connectAndSend(read: Read): Promise<void> {
    try {
      await this.#connectAndSendOn(read)
    } catch (error) {
      this.#holder.unreachable(this, read, error)
    }
  }

  async #connectAndSendOn(read: Read): Promise<void> {
    const pipeline = this.#sharedBy(read.text)
    if (pipeline === undefined) {
      const connection = await this.#take()
      return this.#isLeft ? this.#holder.strayed(read) : this.#sendOn(connection, read)
    }
    await pipeline.ready(this.#holder.call.deadline)
    this.#submit(pipeline, read)
  }

  /** All statements of the call that need a connection of their own wait for the same one. */
  #take(): Promise<Connection> {
    this.#connecting ??= this.#connect()
    return this.#connecting
  }

  async #connect(): Promise<Connection> {
    const connection = await this.node.acquire(this.#holder.call)
    this.#connection = connection
    this.#hasSent = true
    if (this.#isLeft) this.leave()
    return connection
  }
}
