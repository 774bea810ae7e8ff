import type { Contract, IdempotencyTerms } from '../declare/contract/contract.ts'
import type { AnyOperation } from '../declare/operation.ts'
import type { DbHandle } from '../declare/db.ts'
import type { MigrationSource } from '../declare/migration.ts'

/** What a plan has to know of the module that an operation belongs to. A module is one. */
export interface ModuleFacts {
  readonly name: string
  readonly db: Pick<DbHandle, 'builder'> | undefined
  readonly migrations: MigrationSource | undefined
  readonly rows?: object | undefined
  readonly bindings?: readonly { readonly target: unknown; readonly many?: unknown }[]
}

/** Whether a module owns tables, as far as its declaration says. */
export function ownsTables({ db, migrations }: ModuleFacts): boolean {
  return db !== undefined || migrations !== undefined
}

/** Whether its handler can read several inputs at once. */
export function hasBulkForm(operation: AnyOperation, { bindings = [] }: ModuleFacts): boolean {
  return bindings.some(({ target, many }) => target === operation && many !== undefined)
}

/**
 * Whether a command runs in a transaction: where its module owns tables, where its contract speaks of one, or where it emits events or happens once,
 * which are committed with it. `ifMatch` alone does not: what it compares may live anywhere.
 */
export function isTransactional({ contract, emits }: AnyOperation, module: ModuleFacts): boolean {
  const { isolation, durability, joins } = contract.transaction ?? {}
  const states = isolation !== undefined || durability !== undefined || joins !== undefined
  return states || ownsTables(module) || emits.length > 0 || onceTerms(contract) !== undefined
}

/** The terms on which a command happens once, where it does. */
export function onceTerms({ idempotency }: Contract): IdempotencyTerms | undefined {
  return idempotency === 'none' ? undefined : idempotency
}
