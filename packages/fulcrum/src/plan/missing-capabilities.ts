import type { Contract } from '../declare/contract/contract.ts'
import type { AnyOperation, CommandSignature } from '../declare/operation.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'
import { freshnessOf } from './freshness.ts'
import { isTransactional, type ModuleFacts, ownsTables } from './module-facts.ts'
import type { Capabilities } from './plan.ts'

/** What a contract needs and the configuration does not have. */
export function missingCapabilities(
  operation: AnyOperation,
  module: ModuleFacts,
  capabilities: Capabilities,
): FulcrumError[] {
  const { store } = capabilities
  if (store !== undefined) return ofParts(operation, module, capabilities)
  const needs = ownsTables(module) ? [ofModule(module)] : ofContract(operation, module)
  return needs.map(({ field, found }) => {
    const params = {
      field,
      found,
      capability: 'a store, such as postgres({ url }) or embedded()',
      configured: 'no store',
    }
    return fulcrumError('FUL-1008', params, { operation: operation.name })
  })
}

/** What a contract needs beyond a store. */
function ofParts(operation: AnyOperation, module: ModuleFacts, capabilities: Capabilities): FulcrumError[] {
  const { name, contract } = operation
  const { store, sharedCache } = capabilities
  const missing = [
    contract.cache?.tiers?.includes('shared') === true && sharedCache === undefined
      ? {
          field: 'cache.tiers',
          found: show(contract.cache.tiers),
          capability: 'a shared cache, such as redis({ url })',
          configured: 'no shared cache',
        }
      : undefined,
    needsPositions(contract) && store?.positions === false
      ? {
          field: 'consistency',
          found: show(contract.consistency),
          capability: 'a store that knows positions in its log',
          configured: store.name,
        }
      : undefined,
    contract.cache?.invalidation === 'log' && store?.changeStream !== true
      ? {
          field: 'cache.invalidation',
          found: "'log'",
          capability: 'a store with a change stream',
          configured: `${store?.name} without one`,
        }
      : undefined,
    contract.cache?.invalidation === 'log' && module.rows === undefined
      ? {
          field: 'cache.invalidation',
          found: "'log'",
          capability: `rows of module ${module.name}, which say what a changed row is called`,
          configured: 'a module without rows',
        }
      : undefined,
  ]
  return missing.flatMap((params) =>
    params === undefined ? [] : [fulcrumError('FUL-1008', params, { operation: name })],
  )
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
  return stated.map((field) => ({ field: `transaction.${field}`, found: showTerm(transaction[field]) }))
}

function showTerm(value: string | readonly CommandSignature[] | undefined): string {
  return show(typeof value === 'object' ? value.map(({ name }) => name) : value)
}
