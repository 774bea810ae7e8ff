import type { StatementRunner } from '../declare/db.ts'
import type { Durability, IsolationLevel } from '../declare/contract/vocabulary.ts'
import type { Deadline } from '../kernel/deadline.ts'
import type { OperationProbe } from '../kernel/observer.ts'
import type { EpochId } from '../consistency/epoch.ts'
import type { Lsn, ReadLabel } from '../consistency/label.ts'
import type { Need } from '../consistency/need.ts'

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
  /** The store has positions: reads can be labelled with them, and sessions and bounds of staleness hold. */
  readonly positions: boolean
  /** Committed changes can be followed as a stream of rows. */
  readonly changeStream: boolean
  /** Events can be kept with the transaction that emits them, and be delivered to subscribers from there. Default: they cannot. */
  readonly outbox?: boolean
  /** Jobs can wait in it. Default `false`. */
  readonly queue?: boolean
  /** Runs of steps can be kept in it. Default `false`. */
  readonly steps?: boolean
}

/**
 * What is asked of a node around the data of a read, so that the read can be labelled. `none`: nothing; the label says what the node was last
 * known to have. `lower`: its position before the data. `both`: also its position after, and what was in progress.
 */
export type Bracket = 'none' | 'lower' | 'both'

/** How a read reaches a node; fixed when the plan is compiled. */
export interface ReadTerms {
  /** `primary`: that and nothing else. `replica`: a healthy one, else the primary. */
  readonly target: NodeRole
  /** `pipelined`: shares connections with other short reads, until observed time overrules it. `dedicated`: a connection of its own. */
  readonly lane: 'pipelined' | 'dedicated'
  readonly bracket: Bracket
  /** `one statement`: a second one is refused, since it could see another state. `snapshot`: all see one (repeatable read). `each`: each sees its own. */
  readonly sees: 'one statement' | 'snapshot' | 'each'
}

/** What one read has to see; from the session's token and the contract, so it differs from call to call. */
export interface ReadNeed extends Need {
  /** The epoch that `lsn` and `rx` are of; `undefined` where nothing is demanded of positions. */
  readonly epoch: EpochId | undefined
  /** No data older than this, in milliseconds. `Infinity`: any. */
  readonly maxAge: number
  /** How old it may be while the primary cannot be reached; at least `maxAge`. */
  readonly maxAgeInPartition: number
}

/** The label of a read, and since when the data is known to be complete, on the store's clock. */
export interface LabelledRead extends ReadLabel {
  /** `-Infinity`: not known. */
  readonly asOf: number
}

/** How a command's transaction is run; fixed when the plan is compiled. */
export interface TransactionSettings {
  readonly isolation: IsolationLevel
  /** `replicated`: COMMIT returns when a synchronous standby shows the effects. `FUL-3016` where that was not confirmed: committed, but not there yet. */
  readonly durability: Durability
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
  /** What is known about the data that was read; `undefined` before all statements have been answered, and while the node's position is unknown. */
  readonly label: LabelledRead | undefined
  /** Gives the connection back. Never throws; every session is released exactly once. */
  release(): void
}

/** What the operations rely on that only the servers themselves can say. */
export interface Reliance {
  /** Positions outlive a crash: some read is bounded, or has a session level. */
  readonly positions: boolean
  /** COMMIT can wait for a standby: some command is durable only when it is `replicated`. */
  readonly standbys: boolean
}

/** A position in a node's write-ahead log, with its epoch. */
export interface StorePosition {
  readonly lsn: Lsn
  readonly epoch: EpochId
}

/** How a statement tells that its transaction must not go on. */
export interface Refusal {
  /** What the server says when it does not: an SQLSTATE. */
  readonly refusedBy: string
  /** What the transaction fails with then, whatever has become of its other statements. */
  readonly refusal: Error
}

/** An expression that decides whether its transaction goes on: it fails where that is not to be. */
export interface Condition extends Refusal {
  /** In SQL, and the same text whenever it is used: what changes is in its values. */
  readonly expression: string
  readonly values: readonly unknown[]
}

/** The statements of one transaction. */
export interface TransactionRunner extends StatementRunner {
  /**
   * Adds a condition to the message of the first statement, in front of that: it costs no round trip, and where it fails, the statement behind it is
   * not carried out. Before the first statement only.
   */
  startWith(condition: Condition): void
  /** Why the transaction cannot be committed; `undefined` while it can. */
  readonly failure: unknown
  /**
   * Adds a statement to the message of the COMMIT, so that it costs no round trip of its own: for what is known only when everything else has been
   * done. Nobody waits for its answer; when it fails, nothing is committed and the transaction fails with it.
   */
  withCommit(text: string, values: readonly unknown[], refusal?: Refusal): void
}

/** What a committed transaction leaves behind. */
export interface Committed<T> {
  readonly value: T
  /** The primary's position right after COMMIT, at or past the transaction's own; `undefined` where nothing was changed. */
  readonly position: StorePosition | undefined
}

/** What is known of one node right now. */
export interface NodeStatus {
  readonly name: string
  readonly role: NodeRole
  readonly healthy: boolean
  /** Why it is not healthy. */
  readonly problem: string | undefined
  /** Its position, flushed on a primary and replayed on a replica, at `polledAt` (monotonic ms of the store's clock). */
  readonly position: StorePosition | undefined
  readonly polledAt: number | undefined
  readonly connections: { readonly open: number; readonly idle: number; readonly waiting: number }
  /** Messages written into the log so that it goes on, where somebody waited for that; on a primary. Default: none. */
  readonly fences?: number
}

/** What a store knows about positions while it runs. Asking keeps it up to date: positions are polled while somebody uses them. */
export interface Freshness {
  /** The epoch of the primary; `undefined` before it was reached. */
  readonly epoch: EpochId | undefined
  /** The primary answers. */
  readonly isPrimaryHealthy: boolean
  /** The last moment, on the store's clock, as of which labelled data of the present epoch is known to be complete; `-Infinity`: not known. */
  asOf(label: Pick<ReadLabel, 'source' | 'lo'>): number
  /** The last position that an earlier timeline shares with the present one; `undefined` when that is not known. */
  forkOf(timeline: number): Lsn | undefined
  /**
   * Looks whether there is a newer epoch than the one known; resolves when that is known. Never rejects. `heard`: an epoch that another instance has
   * met. It is looked for behind the primary's name, and from then on nothing is served by primaries of earlier ones.
   */
  refresh(deadline: Deadline, heard?: EpochId): Promise<void>
  /** Calls `listener` with each new epoch, before anything is read from it. */
  onEpoch(listener: (epoch: EpochId) => void): void
}

/**
 * The database, as the runtime sees it.
 *
 * Errors: `DeadlineExceeded`, `Unavailable` (no healthy node, pool wait over the deadline), `ConnectionLost`, `CommitUnknown`; what the
 * database itself says of a statement comes as its driver's error.
 */
export interface Store {
  readonly capabilities: StoreCapabilities
  /**
   * Connects, warms the pools, learns each node's identity. Rejects where no primary can be reached within the deadline, or where it is set up so that
   * what is relied on does not hold. Default: nothing is relied on.
   */
  start(deadline: Deadline, reliance?: Reliance): Promise<void>
  /** A node that has what is needed, else the primary. `FUL-3015` where nothing in reach can be shown to have it. */
  read(terms: ReadTerms, call: CallFacts, need?: ReadNeed): ReadSession
  /**
   * Runs `work` in one transaction on the primary and commits it, or rolls back when `work` throws and passes the error on. Not retried here:
   * the retry stage decides with `isSerializationFailure`. A connection lost during COMMIT is resolved by asking for the transaction's status.
   */
  transaction<T>(
    settings: TransactionSettings,
    call: CallFacts,
    work: (tx: TransactionRunner) => Promise<T>,
  ): Promise<Committed<T>>
  /** Whether an error of `transaction` means that running it again may succeed (SQLSTATE 40001, 40P01). */
  isSerializationFailure(error: unknown): boolean
  nodes(): readonly NodeStatus[]
  /** Positions, epochs and ages: what cached values are judged by. */
  readonly freshness: Freshness
  /** Drains: waits for sessions and transactions in flight until the deadline, then ends the connections. */
  close(deadline: Deadline): Promise<void>
}
