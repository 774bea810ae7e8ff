import type { StatementRunner } from '../declare/db.ts'
import type { IsolationLevel } from '../declare/contract/vocabulary.ts'
import type { Deadline } from '../kernel/deadline.ts'
import type { OperationProbe } from '../kernel/observer.ts'

/** Which node served: what `Fulcrum-Source` says. */
export type NodeRole = 'primary' | 'replica'

/** What is configured; whether it is healthy is a runtime fact and never an input of a plan. */
export interface StoreCapabilities {
  /** For people: `PostgreSQL`, `memory`. */
  readonly name: string
  /** Replicas are configured. */
  readonly replicas: boolean
  /** Short reads can share pipelined connections. */
  readonly pipelining: boolean
}

/** How a read reaches a node; fixed when the plan is compiled. */
export interface ReadTerms {
  /** `primary`: that and nothing else. `replica`: a healthy one, else the primary. */
  readonly target: NodeRole
  /** `pipelined`: shares connections with other short reads, until observed time overrules it. `dedicated`: a connection of its own. */
  readonly lane: 'pipelined' | 'dedicated'
}

/** How a command's transaction is run; fixed when the plan is compiled. */
export interface TransactionSettings {
  readonly isolation: IsolationLevel
}

/** What a store has to know of the call on whose behalf it works. */
export interface CallFacts {
  /** The operation's name: in errors, query timings and `application_name`-like comments. */
  readonly operation: string
  /** Spent or aborted: the running statement is cancelled on the server and the call fails with the deadline's error. */
  readonly deadline: Deadline
  readonly probe: OperationProbe
}

/** The reads of one call. Connects with the first statement, stays on one node until released. */
export interface ReadSession extends StatementRunner {
  /** Which node serves; `undefined` before the first statement. */
  readonly source: NodeRole | undefined
  /** Gives the connection back. Never throws; every session is released exactly once. */
  release(): void
}

/** A position in the primary's write-ahead log, with its epoch. Text form as PostgreSQL prints it. */
export interface StorePosition {
  readonly lsn: bigint
  readonly systemId: string
  readonly timeline: number
}

/** What a committed transaction leaves behind. */
export interface Committed<T> {
  readonly value: T
  /** The primary's position right after COMMIT: at or past the transaction's own. */
  readonly lsn: bigint
}

/** What is known of one node right now. */
export interface NodeStatus {
  readonly name: string
  readonly role: NodeRole
  readonly healthy: boolean
  /** Why it is not healthy. */
  readonly problem: string | undefined
  /** Its position, insert on a primary and replay on a replica, at `polledAt` (monotonic ms of the store's clock). */
  readonly position: StorePosition | undefined
  readonly polledAt: number | undefined
  readonly connections: { readonly open: number; readonly idle: number; readonly waiting: number }
}

/**
 * The database, as the runtime sees it.
 *
 * Errors: `DeadlineExceeded`, `Unavailable` (no healthy node, pool wait over the deadline), `ConnectionLost`, `CommitUnknown`; what the
 * database itself says of a statement comes as its driver's error.
 */
export interface Store {
  readonly capabilities: StoreCapabilities
  /** Connects, warms the pools, learns each node's identity. Rejects where no primary can be reached within the deadline. */
  start(deadline: Deadline): Promise<void>
  read(terms: ReadTerms, call: CallFacts): ReadSession
  /**
   * Runs `work` in one transaction on the primary and commits it, or rolls back when `work` throws and passes the error on. Not retried here:
   * the retry stage decides with `isSerializationFailure`. A connection lost during COMMIT is resolved by asking for the transaction's status.
   */
  transaction<T>(
    settings: TransactionSettings,
    call: CallFacts,
    work: (tx: StatementRunner) => Promise<T>,
  ): Promise<Committed<T>>
  /** Whether an error of `transaction` means that running it again may succeed (SQLSTATE 40001, 40P01). */
  isSerializationFailure(error: unknown): boolean
  nodes(): readonly NodeStatus[]
  /** Drains: waits for sessions and transactions in flight until the deadline, then ends the connections. */
  close(deadline: Deadline): Promise<void>
}
