import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import type { ChangeStream, FollowedTable } from './change-stream.ts'
import type { IdempotencyLog } from './idempotency-log.ts'
import type { Inbox } from './inbox.ts'
import type { ImportLog } from './import-log.ts'
import type { Migrations, ModuleMigrations } from './migrations.ts'
import type { Outbox } from './outbox.ts'
import type { Secrets } from './secrets.ts'
import type { Signals } from './signals.ts'
import type { Statements } from './statements.ts'
import type { StepLog } from './step-log.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Store, StoreCapabilities } from './store.ts'

/** What an adapter is given instead of reaching for it. */
export interface AdapterDependencies {
  readonly clock: Clock
  readonly random: Random
  /** One line for people, for what happens outside any call: a replica attached, a node lost. */
  readonly log: (line: string) => void
}

export interface OpenStore {
  readonly store: Store
  readonly migrations: Migrations
  /** Fulcrum's own tables: a schema like a module's, for applications with operations that keep something in it. Its name is no module's. */
  readonly ownTables: ModuleMigrations
  readonly secrets: Secrets
  /** Where events are kept. Where the store's capabilities say so. */
  readonly outbox?: Outbox
  /** Which events of elsewhere are there. Where there is an outbox. */
  readonly inbox?: Inbox
  readonly idempotencyLog: IdempotencyLog
  /** Where queues can be kept in it. */
  readonly statements?: () => Statements
  /** How far imports are. Where runs of steps can be kept. */
  readonly importLog?: ImportLog
  /** Where runs of steps can be kept in it; to be closed before the store. */
  readonly stepLog?: () => StepLog
  /** What is kept of subscribers. Where there is an outbox. */
  readonly subscriptions?: Subscriptions
  /** Signals between its instances; to be closed before the store. Where there is an outbox. */
  readonly signals?: () => Signals
  /** A stream of the changes of these tables, not started; to be closed before the store. Where the store's capabilities say so. */
  readonly changeStream?: (tables: readonly FollowedTable[]) => ChangeStream
}

/** A configured, unconnected store: what `store:` in the configuration holds. Its capabilities are known before it is opened. */
export interface StoreSource {
  readonly kind: 'store'
  readonly capabilities: StoreCapabilities
  open(dependencies: AdapterDependencies): Promise<OpenStore>
}
