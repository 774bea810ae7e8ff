import type { Rows, StatementRunner } from '../declare/db.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Deadline } from '../kernel/deadline.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { Random } from '../kernel/random.ts'
import type {
  CallFacts,
  Committed,
  NodeRole,
  NodeStatus,
  ReadSession,
  ReadTerms,
  Store,
  StoreCapabilities,
  TransactionSettings,
} from '../ports/store.ts'
import { ConnectionQueue } from './connection-queue.ts'
import type { Distribution } from './distribution.ts'

/** A database as far as time goes: how long statements and commits take, how many run at once, how often transactions collide. */
export interface StoreModel {
  readonly replicas: number
  /** Connections per node. */
  readonly connections: number
  /** Milliseconds that a statement takes once it has a connection. */
  readonly statement: Distribution
  /** Milliseconds that a COMMIT takes. */
  readonly commit: Distribution
  /** The share of transactions above read committed that fail to serialize. */
  readonly conflicts: number
}

const conflict = new Error('modelled serialization failure')

/** A `Store` without data on the given clock. The runtime cannot tell the difference: same sessions, same queueing, same errors. */
export class ModelledStore implements Store {
  readonly capabilities: StoreCapabilities
  readonly #model: StoreModel
  readonly #clock: Clock
  readonly #random: Random
  readonly #primary: ModelledNode
  readonly #replicas: readonly ModelledNode[]
  #lsn = 0n

  constructor(model: StoreModel, clock: Clock, random: Random) {
    this.capabilities = { name: 'modelled', replicas: model.replicas > 0, pipelining: true }
    this.#model = model
    this.#clock = clock
    this.#random = random
    this.#primary = new ModelledNode('primary', 'primary', model.connections)
    this.#replicas = Array.from(
      { length: model.replicas },
      (_, index) => new ModelledNode(`replica ${index + 1}`, 'replica', model.connections),
    )
  }

  async start(): Promise<void> {}

  async close(): Promise<void> {}

  read({ target }: ReadTerms, call: CallFacts): ReadSession {
    const node = target === 'replica' ? this.#someReplica() : this.#primary
    return new ModelledSession(node, call, () => this.#statement(call.deadline))
  }

  async transaction<T>(
    { isolation }: TransactionSettings,
    call: CallFacts,
    work: (tx: StatementRunner) => Promise<T>,
  ): Promise<Committed<T>> {
    await this.#primary.queue.acquire(call.deadline)
    try {
      const value = await work({ run: () => this.#statement(call.deadline) })
      if (isolation !== 'read committed' && this.#random.next() < this.#model.conflicts) throw conflict
      await this.#spend(this.#model.commit, call.deadline)
      this.#lsn += 1n
      return { value, lsn: this.#lsn }
    } finally {
      this.#primary.queue.release()
    }
  }

  isSerializationFailure(error: unknown): boolean {
    return error === conflict
  }

  nodes(): readonly NodeStatus[] {
    return [this.#primary, ...this.#replicas].map((node) => node.status)
  }

  #someReplica(): ModelledNode {
    return this.#replicas[this.#random.int(Math.max(1, this.#replicas.length))] ?? this.#primary
  }

  async #statement<R>(deadline: Deadline): Promise<Rows<R>> {
    await this.#spend(this.#model.statement, deadline)
    return { rows: [], rowCount: 0 }
  }

  /** Passes time; a deadline that is spent meanwhile ends it, as a cancelled statement would. */
  #spend(duration: Distribution, deadline: Deadline): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const expiry = deadline.onExpire((reason) => {
      timer.cancel()
      reject(reason)
    })
    const timer = this.#clock.timer(duration(this.#random), () => {
      expiry.cancel()
      resolve()
    })
    return promise
  }
}

class ModelledNode {
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

/** `unconnected` → `connected` with the first statement → `released`. */
class ModelledSession implements ReadSession {
  readonly #node: ModelledNode
  readonly #call: CallFacts
  readonly #statement: () => Promise<Rows<never>>
  #connected: Promise<void> | undefined
  #holds = false
  #released = false
  source: NodeRole | undefined = undefined

  constructor(node: ModelledNode, call: CallFacts, statement: () => Promise<Rows<never>>) {
    this.#node = node
    this.#call = call
    this.#statement = statement
  }

  async run<R>(): Promise<Rows<R>> {
    if (this.#released) throw fulcrumError('FUL-3012', { part: 'the session', reason: 'it was released' })
    this.#connected ??= this.#connect()
    await this.#connected
    return this.#statement()
  }

  release(): void {
    this.#released = true
    if (this.#holds) this.#node.queue.release()
    this.#holds = false
  }

  async #connect(): Promise<void> {
    await this.#node.queue.acquire(this.#call.deadline)
    // A call that ended while it waited gives the connection on at once.
    if (this.#released) return this.#node.queue.release()
    this.#holds = true
    this.source = this.#node.role
  }
}
