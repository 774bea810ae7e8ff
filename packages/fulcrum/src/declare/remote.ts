import type { Module } from './module.ts'
import { type AnyOperation, OPERATION_KINDS } from './operation.ts'

export const REMOTE_DATABASES = ['shared', 'own'] as const
/** Whether a module in another process keeps its tables in the database of this one. */
export type RemoteDatabase = (typeof REMOTE_DATABASES)[number]

/** Environment variables, as the process has them. */
type Environment = Readonly<Record<string, string | undefined>>

/** Where a module is that runs in another process. */
export interface RemoteDefinition {
  /** Where its internal interface is: `'http://inventory.internal:4100'`, or a function of the environment that says so. */
  readonly url: string | ((env: Environment) => string | undefined)
  /** Its signatures: what its `api.ts` exports. Anything else in there is left out. */
  readonly operations: Readonly<Record<string, unknown>>
  /**
   * `'shared'`: its process works on the same database, so sessions see through it and events reach its subscribers by themselves. `'own'`: it does
   * not; sessions end at its border, and events have to cross a broker.
   */
  readonly database: RemoteDatabase
  /** How many requests may be under way to it from this instance; others wait, within their deadlines. Default 64. */
  readonly connections?: number
}

/** What a module is that runs in another process. */
export interface RemoteTerms extends Omit<RemoteDefinition, 'operations'> {
  readonly operations: readonly AnyOperation[]
}

/**
 * Stands in the list of modules for one that runs in another process. Its queries and commands are called as if it was here, `ctx.call` and `app.call`
 * and its routes included; its handlers, migrations, jobs and subscribers are where it is.
 *
 * ```ts
 * import * as inventory from './modules/inventory/api.ts'
 *
 * defineConfig({
 *   modules: [orders, remote('inventory', { url: 'http://10.0.0.7:4100', operations: inventory, database: 'shared' })],
 *   internal: ({ INTERNAL_KEY = '' }) => ({ keys: [INTERNAL_KEY] }),
 * })
 * ```
 */
export function remote(name: string, { operations, ...terms }: RemoteDefinition): Module {
  const signatures = Object.values(operations).filter(isOperation)
  return Object.freeze({
    kind: 'module' as const,
    name,
    db: undefined,
    rows: undefined,
    migrations: undefined,
    bindings: Object.freeze([]),
    remote: Object.freeze({ ...terms, operations: Object.freeze(signatures) }),
  })
}

function isOperation(value: unknown): value is AnyOperation {
  const { kind } = (value ?? {}) as { readonly kind?: unknown }
  return OPERATION_KINDS.some((each) => each === kind)
}
