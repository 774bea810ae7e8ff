import type { AdapterDependencies, OpenStore, StoreSource } from '../../ports/store-source.ts'
import type { StoreCapabilities } from '../../ports/store.ts'
import { createChangeStream } from './change-stream/create.ts'
import { loadDriver } from './driver.ts'
import { PostgresInbox } from './events/inbox.ts'
import { postgresOutbox } from './events/outbox.ts'
import { PostgresSubscriptions } from './events/subscriptions.ts'
import { deriveFromQuery } from './exchange.ts'
import { PostgresIdempotencyLog } from './idempotency-log.ts'
import { postgresImportLog } from './imports/import-log.ts'
import { PostgresMigrations } from './migrations/migrations.ts'
import { checkOptions, type PostgresOptions, type PostgresSettings } from './options.ts'
import { OWN_TABLES } from './own-tables/own-tables.ts'
import { PostgresSecrets } from './secrets.ts'
import { PostgresSignals } from './signals.ts'
import { PostgresStatements } from './statements.ts'
import { PostgresStepLog } from './steps/step-log.ts'
import { PostgresStore } from './store.ts'
import { Topology } from './topology.ts'

/**
 * PostgreSQL 15 or later: a primary and its streaming replicas, through the package `pg`.
 *
 * ```ts
 * export default defineConfig({ modules, store: (env) => postgres({ url: env.DATABASE_URL }) })
 * ```
 *
 * Nothing is connected before the application starts.
 *
 * @throws FUL-1001, FUL-1002, FUL-1004 or FUL-1013 naming the option that is wrong.
 */
export function postgres(options: PostgresOptions): StoreSource {
  const settings = checkOptions(options)
  const capabilities = capabilitiesOf(settings)
  return Object.freeze({
    kind: 'store',
    capabilities,
    open: (dependencies: AdapterDependencies) => open(settings, capabilities, dependencies),
  })
}

function capabilitiesOf({ replicas, pipelined, changeStream }: PostgresSettings): StoreCapabilities {
  const hasReplicas = typeof replicas === 'function' || replicas.length > 0
  return Object.freeze({
    name: 'PostgreSQL',
    replicas: hasReplicas,
    pipelining: pipelined > 0,
    positions: true,
    changeStream,
    outbox: true,
    queue: true,
    steps: true,
  })
}

/** @throws FUL-1014 when pg is not installed. */
async function open(
  settings: PostgresSettings,
  capabilities: StoreCapabilities,
  dependencies: AdapterDependencies,
): Promise<OpenStore> {
  const driver = await loadDriver()
  deriveFromQuery(driver.queryPrototype)
  const topology = new Topology({ settings, dependencies, driver })
  if (typeof settings.replicas === 'function') settings.replicas(topology.attach)
  else settings.replicas.forEach(topology.attach)
  const store = new PostgresStore({ capabilities, driver, topology, dependencies })
  const parts = { primary: topology.primary, settings, driver, dependencies }
  const opened = {
    store,
    migrations: new PostgresMigrations(parts),
    ownTables: OWN_TABLES,
    secrets: new PostgresSecrets(parts),
    outbox: postgresOutbox,
    inbox: new PostgresInbox(store),
    idempotencyLog: new PostgresIdempotencyLog(),
    statements: () => new PostgresStatements(parts),
    signals: () => new PostgresSignals(parts),
    importLog: postgresImportLog,
    stepLog: () => new PostgresStepLog(new PostgresStatements(parts), store),
    subscriptions: new PostgresSubscriptions(store, (text) => topology.primary.monitor.ask(text, [])),
  }
  return settings.changeStream
    ? { ...opened, changeStream: (tables) => createChangeStream(tables, parts) }
    : opened
}
