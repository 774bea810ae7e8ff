import type { AnyOperation, CommandSignature } from '../declare/operation.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'
import { isTransactional, type ModuleFacts, ownsTables } from './module-facts.ts'
import type { Capabilities } from './plan.ts'

/** What a contract needs and the configuration does not have. */
export function missingCapabilities(
  operation: AnyOperation,
  module: ModuleFacts,
  { store }: Capabilities,
): FulcrumError[] {
  if (store !== undefined) return []
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
  if (consistency === 'strong') return [{ field: 'consistency', found: show(consistency) }]
  if (operation.kind !== 'command' || !isTransactional(operation, module)) return []
  const stated = (['isolation', 'durability', 'joins'] as const).filter(
    (field) => transaction[field] !== undefined,
  )
  return stated.map((field) => ({ field: `transaction.${field}`, found: showTerm(transaction[field]) }))
}

function showTerm(value: string | readonly CommandSignature[] | undefined): string {
  return show(typeof value === 'object' ? value.map(({ name }) => name) : value)
}
