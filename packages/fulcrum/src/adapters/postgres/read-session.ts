import type { Rows } from '../../declare/db.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type {
  CallFacts,
  Freshness,
  LabelledRead,
  NodeRole,
  ReadSession,
  ReadTerms,
  StorePosition,
} from '../../ports/store.ts'
import type { Connection } from './connection.ts'
import type { Driver } from './driver.ts'
import type { PostgresNode } from './node.ts'
import { whyOver } from './over.ts'
import type { Pace } from './pace.ts'
import type { Pipeline } from './pipeline.ts'
import { Read, type ReadKeeper } from './read.ts'
import type { Statement } from './statement.ts'
import { refuseInReads, textTraits } from './text-traits.ts'

/** What a session needs of the store. */
export interface ReadSessionParts {
  readonly driver: Driver
  readonly pick: (target: NodeRole) => PostgresNode
  readonly freshness: Freshness
  readonly paceOf: (operation: string) => Pace
}

/**
 * The reads of one call.
 *
 * new → on a node (from the first statement) → released. On the node its statements share the pipelined connections, one by one, as long as
 * the plan, the operation's pace and the statement's text allow it; otherwise it takes a connection of its own at the first statement that needs
 * one and keeps it. Until something has been sent, a replica that cannot be reached is exchanged for the primary.
 */
export class PostgresReadSession implements ReadSession, ReadKeeper {
  readonly #parts: ReadSessionParts
  readonly #terms: ReadTerms
  readonly call: CallFacts
  readonly pace: Pace
  #node: PostgresNode | undefined = undefined
  #connecting: Promise<Connection> | undefined = undefined
  #connection: Connection | undefined = undefined
  #hasSent = false
  /** What the node was known to have before the first statement. */
  #position: StorePosition | undefined = undefined
  /** When the first statement that was answered had been sent. */
  #sentAt = Infinity
  /** Statements without an answer. */
  #open = 0
  #isReleased = false

  constructor(parts: ReadSessionParts, terms: ReadTerms, call: CallFacts) {
    this.#parts = parts
    this.#terms = terms
    this.call = call
    this.pace = parts.paceOf(call.operation)
  }

  get source(): NodeRole | undefined {
    return this.#hasSent ? this.#node?.role : undefined
  }

  get label(): LabelledRead | undefined {
    const { role: source } = this.#node ?? {}
    if (source === undefined || this.#position === undefined || this.#open > 0) return undefined
    const { epoch, lsn: lo } = this.#position
    const label = { epoch, source, lo, hi: Infinity, snapshot: undefined, rx: 0 }
    const known = this.#parts.freshness.asOf(label)
    // A primary has everything that was acknowledged before it was asked.
    return { ...label, asOf: source === 'primary' ? Math.max(known, this.#sentAt) : known }
  }

  answered({ sentAt }: Statement): void {
    this.#open--
    if (sentAt < this.#sentAt) this.#sentAt = sentAt
  }

  refused(): void {
    this.#open--
  }

  run<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    try {
      this.#refuse(text)
      const read = new Read(this, {
        text,
        values: values.map(this.#parts.driver.prepareValue),
      })
      this.#open++
      this.#send(this.#onNode(), read)
      return read.promise
    } catch (error) {
      return rejection(error)
    }
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    if (this.#connection === undefined) return
    if (this.#connection.load > 0) this.#connection.abandonAll(this.#released())
    this.#node?.pool.release(this.#connection)
  }

  #refuse(text: string): void {
    if (this.#isReleased) throw this.#released()
    const { deadline, operation } = this.call
    if (deadline.expired()) deadline.throwIfOver()
    refuseInReads(textTraits(text), text, operation)
  }

  #onNode(): PostgresNode {
    if (this.#node === undefined) this.#use(this.#parts.pick(this.#terms.target))
    return this.#node as PostgresNode
  }

  #send(node: PostgresNode, read: Read): void {
    const pipeline = this.#sharedBy(node, read.text)
    if (pipeline?.isOpen === true) this.#submit(pipeline, read)
    else if (pipeline === undefined && this.#connection !== undefined)
      node.dedicatedReads.send(this.#connection, read)
    else void this.#connectAndSend(read)
  }

  #submit(pipeline: Pipeline, read: Read): void {
    this.#hasSent = true
    pipeline.submit(read)
  }

  #sharedBy({ pipeline }: PostgresNode, text: string): Pipeline | undefined {
    const isShared = this.#terms.lane === 'pipelined' && this.#connecting === undefined && !this.pace.isAlone
    if (!isShared) return undefined
    const { kind, isSticky } = textTraits(text)
    return kind === 'question' && !isSticky ? pipeline : undefined
  }

  async #connectAndSend(read: Read): Promise<void> {
    const node = this.#onNode()
    try {
      await this.#connectAndSendOn(node, read)
    } catch (error) {
      if (this.#fallsBackFrom(node)) return this.#connectAndSend(read)
      read.refuse(node.unavailable(error, this.call.operation))
    }
  }

  async #connectAndSendOn(node: PostgresNode, read: Read): Promise<void> {
    const pipeline = this.#sharedBy(node, read.text)
    if (pipeline === undefined) return node.dedicatedReads.send(await this.#take(node), read)
    await pipeline.ready(this.call.deadline)
    this.#submit(pipeline, read)
  }

  /** All statements of the call that need a connection of their own wait for the same one. */
  #take(node: PostgresNode): Promise<Connection> {
    this.#connecting ??= this.#connect(node)
    return this.#connecting
  }

  async #connect(node: PostgresNode): Promise<Connection> {
    const connection = await node.acquire(this.call)
    if (this.#isReleased) {
      node.pool.release(connection)
      throw this.#released()
    }
    this.#hasSent = true
    this.#connection = connection
    return connection
  }

  /** Another statement of the call may have gone back to the primary already. */
  #fallsBackFrom(node: PostgresNode): boolean {
    if (node.role === 'primary' || this.#hasSent || this.#isReleased) return false
    if (whyOver(this.call.deadline) !== undefined) return false
    if (this.#node === node) {
      node.monitor.suspect()
      this.#connecting = undefined
      this.#use(this.#parts.pick('primary'))
    }
    return true
  }

  #use(node: PostgresNode): void {
    this.#node = node
    this.#position = node.monitor.position
    node.monitor.touch()
  }

  #released(): Error {
    return fulcrumError(
      'FUL-3012',
      { part: 'the read session', reason: 'it was released' },
      { operation: this.call.operation },
    )
  }
}

async function rejection(error: unknown): Promise<never> {
  throw error
}
