import type { Lsn } from '../consistency/label.ts'
import type { Rows } from '../declare/db.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Deadline } from '../kernel/deadline.ts'
import type { Random } from '../kernel/random.ts'
import type {
  CallFacts,
  Committed,
  Freshness,
  NodeStatus,
  ReadSession,
  ReadTerms,
  Store,
  StoreCapabilities,
  TransactionRunner,
  TransactionSettings,
} from '../ports/store.ts'
import type { Distribution } from './distribution.ts'
import { MODELLED_EPOCH, ModelledFreshness } from './modelled-freshness.ts'
import { ModelledNode, ModelledSession } from './modelled-session.ts'

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
  readonly freshness: Freshness
  readonly #model: StoreModel
  readonly #clock: Clock
  readonly #random: Random
  readonly #primary: ModelledNode
  readonly #replicas: readonly ModelledNode[]
  /** Two for every commit. */
  #lsn: Lsn = 0

  constructor(model: StoreModel, clock: Clock, random: Random) {
    this.capabilities = {
      name: 'modelled',
      replicas: model.replicas > 0,
      pipelining: true,
      positions: true,
      changeStream: false,
    }
    this.freshness = new ModelledFreshness(clock, () => this.#lsn)
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
    return new ModelledSession(node, call, {
      statement: () => this.#statement(call.deadline),
      position: () => this.#lsn,
      now: () => this.#clock.now(),
    })
  }

  async transaction<T>(
    { isolation }: TransactionSettings,
    call: CallFacts,
    work: (tx: TransactionRunner) => Promise<T>,
  ): Promise<Committed<T>> {
    await this.#primary.queue.acquire(call.deadline)
    try {
      // What travels with others is a part of what those take.
      const value = await work({
        run: () => this.#statement(call.deadline),
        startWith: () => {},
        withCommit: () => {},
        failure: undefined,
      })
      if (isolation !== 'read committed' && this.#random.next() < this.#model.conflicts) throw conflict
      await this.#spend(this.#model.commit, call.deadline)
      this.#lsn += 2
      return { value, position: { lsn: this.#lsn, epoch: MODELLED_EPOCH } }
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
