import type { Lsn } from '../consistency/label.ts'
import type { Rows } from '../declare/db.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { CallFacts, LabelledRead, NodeRole, NodeStatus, ReadSession } from '../ports/store.ts'
import { ConnectionQueue } from './connection-queue.ts'
import { MODELLED_EPOCH } from './modelled-freshness.ts'

export class ModelledNode {
  readonly name: string
  readonly role: NodeRole
  readonly queue: ConnectionQueue

  constructor(name: string, role: NodeRole, connections: number) {
    this.name = name
    this.role = role
    this.queue = new ConnectionQueue(connections)
  }

  get status(): NodeStatus {
    const { name, role, queue } = this
    return {
      name,
      role,
      healthy: true,
      problem: undefined,
      position: undefined,
      polledAt: undefined,
      connections: queue.state,
    }
  }
}

const NOTHING_IN_PROGRESS = Object.freeze({ xmin: 1, xmax: 1, xip: [] })

export interface ModelledReads {
  readonly statement: () => Promise<Rows<never>>
  readonly position: () => Lsn
  readonly now: () => number
}

/** `unconnected` → `connected` with the first statement → `released`. */
export class ModelledSession implements ReadSession {
  readonly #node: ModelledNode
  readonly #call: CallFacts
  readonly #parts: ModelledReads
  #connected: Promise<void> | undefined
  #holds = false
  #released = false
  #open = 0
  #label: LabelledRead | undefined
  source: NodeRole | undefined = undefined

  constructor(node: ModelledNode, call: CallFacts, parts: ModelledReads) {
    this.#node = node
    this.#call = call
    this.#parts = parts
  }

  get label(): LabelledRead | undefined {
    return this.#open > 0 ? undefined : this.#label
  }

  async run<R>(): Promise<Rows<R>> {
    if (this.#released) throw fulcrumError('FUL-3012', { part: 'the session', reason: 'it was released' })
    this.#connected ??= this.#connect()
    await this.#connected
    this.#label ??= this.#labelNow()
    this.#open++
    try {
      return await this.#parts.statement()
    } finally {
      this.#open--
    }
  }

  release(): void {
    this.#released = true
    if (this.#holds) this.#node.queue.release()
    this.#holds = false
  }

  /** All nodes of the model are up to date. What is committed is visible at once, so a primary is past the position of the last commit. */
  #labelNow(): LabelledRead {
    const hi = this.#parts.position()
    const { role: source } = this.#node
    const lo = source === 'primary' ? hi + 1 : hi
    const asOf = this.#parts.now()
    return { epoch: MODELLED_EPOCH, source, lo, hi, snapshot: NOTHING_IN_PROGRESS, rx: 0, asOf }
  }

  async #connect(): Promise<void> {
    await this.#node.queue.acquire(this.#call.deadline)
    // A call that ended while it waited gives the connection on at once.
    if (this.#released) return this.#node.queue.release()
    this.#holds = true
    this.source = this.#node.role
  }
}
