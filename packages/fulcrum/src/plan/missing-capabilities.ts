import type { Contract } from '../declare/contract/contract.ts'
import { rowSchemaOf } from '../declare/ndjson.ts'
import type { AnyOperation, CommandSignature } from '../declare/operation.ts'
import { isProjection } from '../declare/projection.ts'
import { isSubscriber } from '../declare/subscriber.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'
import { freshnessOf } from './freshness.ts'
import { isTransactional, type ModuleFacts, onceTerms, ownsTables } from './module-facts.ts'
import type { StoreCapabilities } from '../ports/store.ts'
import type { Capabilities } from './plan.ts'

interface Missing {
  readonly field: string
  readonly found: string
  readonly capability: string
  readonly configured: string
}

/** What a contract needs and the configuration does not have. */
export function missingCapabilities(
  operation: AnyOperation,
  module: ModuleFacts,
  capabilities: Capabilities,
): FulcrumError[] {
  const { name, contract } = operation
  const { store } = capabilities
  const missing = [
    ...ofSharedCache(contract, capabilities),
    ...ofChangeStream(contract, module, capabilities),
    ...ofTransaction(operation, module),
    ...ofQueue(operation, store),
    ...ofSteps(operation, store),
    ...(store === undefined ? ofStore(operation, module) : ofPositions(contract, store)),
    ...ofOutbox(operation, module, store),
  ]
  return missing.map((params) => fulcrumError('FUL-1008', { ...params }, { operation: name }))
}

/** Terms that speak of a cache which all instances share. */
function ofSharedCache({ cache }: Contract, { sharedCache }: Capabilities): Missing[] {
  if (cache === undefined || sharedCache !== undefined) return []
  const configured = 'no shared cache'
  const missing: Missing[] = []
  if (cache.tiers?.includes('shared') === true)
    missing.push({
      field: 'cache.tiers',
      found: show(cache.tiers),
      capability: 'a shared cache, such as redis({ url })',
      configured,
    })
  // A version that only one instance knows would leave the entries of the others where they are.
  if (cache.invalidation === 'version')
    missing.push({
      field: 'cache.invalidation',
      found: "'version'",
      capability: 'a shared cache, such as redis({ url }), where the version is kept',
      configured,
    })
  return missing
}

function ofChangeStream({ cache }: Contract, module: ModuleFacts, { store }: Capabilities): Missing[] {
  if (cache?.invalidation !== 'log') return []
  const need = { field: 'cache.invalidation', found: "'log'" }
  const missing: Missing[] = []
  if (store?.changeStream !== true)
    missing.push({
      ...need,
      capability: 'a store with a change stream',
      configured: store === undefined ? 'no store' : `${store.name} without one`,
    })
  if (module.rows === undefined)
    missing.push({
      ...need,
      capability: `rows of module ${module.name}, which say what a changed row is called`,
      configured: 'a module without rows',
    })
  return missing
}

/** Where tables ask for a store as well, that is said already. */
function ofOutbox(
  operation: AnyOperation,
  module: ModuleFacts,
  store: StoreCapabilities | undefined,
): Missing[] {
  const emits = operation.emits as readonly { readonly name: string }[]
  if (store?.outbox === true || (store === undefined && ownsTables(module))) return []
  const capability = 'a store that keeps events with the transaction, such as postgres({ url }) or embedded()'
  const lacking = { capability, configured: store?.name ?? 'no store' }
  if (isSubscriber(operation)) return [{ ...lacking, field: 'event', found: show(operation.event.name) }]
  if (isProjection(operation))
    return [{ ...lacking, field: 'from', found: show(operation.from.map(({ name }) => name)) }]
  return emits.length === 0
    ? []
    : [{ ...lacking, field: 'emits', found: show(emits.map(({ name }) => name)) }]
}

/** Without one nothing could be undone, and what has failed in part could not be tried again in parts. */
function ofTransaction(operation: AnyOperation, module: ModuleFacts): Missing[] {
  const { batch } = operation.contract.throughput ?? {}
  if (batch === undefined || isTransactional(operation, module)) return []
  const capability = 'a transaction: tables of its module (db or migrations), or transaction.isolation'
  return [{ field: 'throughput.batch', found: show(batch), capability, configured: 'neither of them' }]
}

function ofPositions(contract: Contract, { positions, name }: StoreCapabilities): Missing[] {
  if (positions || !needsPositions(contract)) return []
  const capability = 'a store that knows positions in its log'
  return [{ field: 'consistency', found: show(contract.consistency), capability, configured: name }]
}

/** Jobs wait in the store. */
function ofQueue({ kind }: AnyOperation, store: StoreCapabilities | undefined): Missing[] {
  if (kind !== 'job' || store?.queue === true) return []
  const capability = 'a store that jobs can wait in, such as postgres({ url }) or embedded()'
  return [{ field: 'kind', found: show(kind), capability, configured: store?.name ?? 'no store' }]
}

/** Where there is no store at all, that is said already. */
function ofSteps({ contract, input }: AnyOperation, store: StoreCapabilities | undefined): Missing[] {
  const isImport = rowSchemaOf(input) !== undefined
  if ((contract.steps === undefined && !isImport) || store === undefined || store.steps === true) return []
  const capability =
    'a store that runs of steps and imports can be kept in, such as postgres({ url }) or embedded()'
  const need = isImport
    ? { field: 'input', found: 'ndjson(…)' }
    : { field: 'steps', found: show(contract.steps) }
  return [{ ...need, capability, configured: store.name }]
}

function ofStore(operation: AnyOperation, module: ModuleFacts): Missing[] {
  const needs = ownsTables(module) ? [ofModule(module)] : ofContract(operation, module)
  const capability = 'a store, such as postgres({ url }) or embedded()'
  return needs.map((need) => ({ ...need, capability, configured: 'no store' }))
}

/** Whether reads are judged by positions. */
export function needsPositions(contract: Contract): boolean {
  const { isStrong, session, bounds } = freshnessOf(contract)
  return !isStrong && (session !== 'none' || bounds.staleness < Infinity)
}

interface Need {
  readonly field: string
  readonly found: string
}

function ofModule({ name, db, migrations }: ModuleFacts): Need {
  if (db !== undefined) return { field: `db of module ${name}`, found: `${db.builder}()` }
  return {
    field: `migrations of module ${name}`,
    found: typeof migrations === 'string' || migrations instanceof URL ? show(String(migrations)) : 'a list',
  }
}

/** Terms that speak of a database, in a module that has none. `'eventual'` does not: it bounds nothing. */
function ofContract(operation: AnyOperation, module: ModuleFacts): Need[] {
  const { consistency, transaction = {} } = operation.contract
  if (consistency === 'strong' || needsPositions(operation.contract))
    return [{ field: 'consistency', found: show(consistency) }]
  if (operation.kind !== 'command' || !isTransactional(operation, module)) return []
  const stated = (['isolation', 'durability', 'joins'] as const).filter(
    (field) => transaction[field] !== undefined,
  )
  const terms = stated.map((field) => ({
    field: `transaction.${field}`,
    found: showTerm(transaction[field]),
  }))
  const key = onceTerms(operation.contract)?.key
  return key === undefined ? terms : [...terms, { field: 'idempotency.key', found: show(key) }]
}

function showTerm(value: string | readonly CommandSignature[] | undefined): string {
  return show(typeof value === 'object' ? value.map(({ name }) => name) : value)
}
