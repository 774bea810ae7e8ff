import type { Rows } from '../../declare/db.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { CallFacts, NodeRole, ReadSession, ReadTerms } from '../../ports/store.ts'
import type { Connection } from './connection.ts'
import type { Driver } from './driver.ts'
import type { PostgresNode } from './node.ts'
import { whyOver } from './over.ts'
import type { Pace } from './pace.ts'
import type { Pipeline } from './pipeline.ts'
import { Read } from './read.ts'
import { refuseInReads, textTraits } from './text-traits.ts'

/** What a session needs of the store. */
export interface ReadSessionParts {
  readonly driver: Driver
  readonly pick: (target: NodeRole) => PostgresNode
  readonly paceOf: (operation: string) => Pace
}

/**
 * The reads of one call.
 *
 * new → on a node (from the first statement) → released. On the node its statements share the pipelined connections, one by one, as long as
 * the plan, the operation's pace and the statement's text allow it; otherwise it takes a connection of its own at the first statement that needs
 * one and keeps it. Until something has been sent, a replica that cannot be reached is exchanged for the primary.
 */
export class PostgresReadSession implements ReadSession {
  readonly #parts: ReadSessionParts
  readonly #terms: ReadTerms
  readonly #call: CallFacts
  readonly #pace: Pace
  #node: PostgresNode | undefined = undefined
  #connecting: Promise<Connection> | undefined = undefined
  #connection: Connection | undefined = undefined
  #hasSent = false
  #isReleased = false

  constructor(parts: ReadSessionParts, terms: ReadTerms, call: CallFacts) {
    this.#parts = parts
    this.#terms = terms
    this.#call = call
    this.#pace = parts.paceOf(call.operation)
  }

  get source(): NodeRole | undefined {
    return this.#hasSent ? this.#node?.role : undefined
  }

  run<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    try {
      this.#refuse(text)
      const read = new Read(this.#call, this.#pace, {
        text,
        values: values.map(this.#parts.driver.prepareValue),
      })
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
    const { deadline, operation } = this.#call
    if (deadline.expired()) deadline.throwIfOver()
    refuseInReads(textTraits(text), text, operation)
  }

  #onNode(): PostgresNode {
    if (this.#node === undefined) {
      this.#node = this.#parts.pick(this.#terms.target)
      this.#node.monitor.touch()
    }
    return this.#node
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
    const isShared = this.#terms.lane === 'pipelined' && this.#connecting === undefined && !this.#pace.isAlone
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
      read.refuse(node.unavailable(error, this.#call.operation))
    }
  }

  async #connectAndSendOn(node: PostgresNode, read: Read): Promise<void> {
    const pipeline = this.#sharedBy(node, read.text)
    if (pipeline === undefined) return node.dedicatedReads.send(await this.#take(node), read)
    await pipeline.ready(this.#call.deadline)
    this.#submit(pipeline, read)
  }

  /** All statements of the call that need a connection of their own wait for the same one. */
  #take(node: PostgresNode): Promise<Connection> {
    this.#connecting ??= this.#connect(node)
    return this.#connecting
  }

  async #connect(node: PostgresNode): Promise<Connection> {
    const connection = await node.acquire(this.#call)
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
    if (whyOver(this.#call.deadline) !== undefined) return false
    if (this.#node === node) {
      node.monitor.suspect()
      this.#connecting = undefined
      this.#node = this.#parts.pick('primary')
      this.#node.monitor.touch()
    }
    return true
  }

  #released(): Error {
    return fulcrumError(
      'FUL-3012',
      { part: 'the read session', reason: 'it was released' },
      { operation: this.#call.operation },
    )
  }
}

async function rejection(error: unknown): Promise<never> {
  throw error
}
