import type { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { AdapterDependencies } from '../../ports/store-source.ts'
import type {
  CallFacts,
  Committed,
  Freshness,
  NodeStatus,
  ReadNeed,
  ReadSession,
  ReadTerms,
  Reliance,
  Store,
  StoreCapabilities,
  TransactionRunner,
  TransactionSettings,
} from '../../ports/store.ts'
import { commit } from './commit.ts'
import type { Driver } from './driver.ts'
import { Paces } from './pace.ts'
import { PostgresReadSession, type ReadSessionParts } from './read-session.ts'
import { reachPrimary } from './reach-primary.ts'
import { Router } from './router.ts'
import type { Topology } from './topology.ts'
import { mayRunAgain } from './statement.ts'
import { Transaction } from './transaction.ts'

export interface PostgresStoreParts {
  readonly capabilities: StoreCapabilities
  readonly driver: Driver
  readonly topology: Topology
  readonly dependencies: AdapterDependencies
}

/**
 * PostgreSQL as a `Store`: a primary and its streaming replicas.
 *
 * open (connects with the first use) → started (connected and warm) → closed. Everything about servers is in `Topology` and its nodes, everything
 * about one call in its `PostgresReadSession` or `Transaction`.
 */
export class PostgresStore implements Store {
  readonly capabilities: StoreCapabilities
  readonly freshness: Freshness
  readonly #parts: PostgresStoreParts
  readonly #reads: ReadSessionParts
  #isClosed = false

  constructor(parts: PostgresStoreParts) {
    this.capabilities = parts.capabilities
    this.freshness = parts.topology.freshness
    this.#parts = parts
    const { topology } = parts
    const paces = new Paces()
    this.#reads = {
      driver: parts.driver,
      clock: parts.dependencies.clock,
      random: parts.dependencies.random,
      freshness: this.freshness,
      router: new Router({ clock: parts.dependencies.clock, topology, freshness: topology.freshness }),
      paceOf: (operation) => paces.of(operation),
    }
  }

  async start(deadline: Deadline, reliance?: Reliance): Promise<void> {
    const { topology, dependencies } = this.#parts
    if (reliance !== undefined) topology.relyOn(reliance)
    await reachPrimary(topology.primary, dependencies, deadline)
    await Promise.all([topology.primary.warm(), topology.startReplicas(dependencies.clock)])
  }

  read(terms: ReadTerms, call: CallFacts, need?: ReadNeed): ReadSession {
    this.#refuseClosed()
    return new PostgresReadSession(this.#reads, call, { terms, need })
  }

  async transaction<T>(
    settings: TransactionSettings,
    call: CallFacts,
    work: (tx: TransactionRunner) => Promise<T>,
  ): Promise<Committed<T>> {
    this.#refuseClosed()
    const node = this.#parts.topology.primary
    const transaction = new Transaction({ node, driver: this.#parts.driver }, settings, call)
    try {
      const value = await work(transaction)
      const begun = await transaction.end()
      if (begun === undefined) return { value, position: undefined }
      const { clock } = this.#parts.dependencies
      const { durability } = settings
      const position = await commit(begun, { transaction, node, clock, call, durability })
      transaction.committed()
      return { value, position }
    } catch (error) {
      transaction.rollback(error)
      throw error
    }
  }

  isSerializationFailure(error: unknown): boolean {
    return mayRunAgain(error)
  }

  nodes(): readonly NodeStatus[] {
    return this.#parts.topology.nodes.map(({ status }) => status)
  }

  async close(deadline: Deadline): Promise<void> {
    this.#isClosed = true
    const { nodes } = this.#parts.topology
    await Promise.all(nodes.map((node) => node.drain(deadline)))
    await Promise.all(nodes.map((node) => node.close()))
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw fulcrumError('FUL-3012', { part: 'the store', reason: 'it is closed' })
  }
}
