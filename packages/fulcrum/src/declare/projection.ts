import type { SubscriberContext } from './context.ts'
import type { ProjectionContract } from './contract/contract.ts'
import { defineOperation } from './define.ts'
import type { EventDeclaration } from './event.ts'
import type { MigrationSource } from './migration.ts'
import type { AnyOperation, Operation } from './operation.ts'
import { schemaOfProjection } from './projection-schema.ts'

/** The signature of a projection: a read model kept from events. */
export interface Projection<
  Name extends string = string,
  From extends EventDeclaration = EventDeclaration,
> extends Operation<'projection', Name, unknown, unknown, void, void, never, never, never> {
  readonly from: readonly From[]
  /** The PostgreSQL schema of its tables: `orders__history` of `orders.history`. */
  readonly schema: string
}

export interface ProjectionDefinition<From extends EventDeclaration> {
  /** The events it is kept from. */
  readonly from: readonly From[]
  /** One line for people. */
  readonly summary?: string
  readonly contract?: ProjectionContract
}

/**
 * Declares a projection, named `module.readModel`: tables that follow from events, made for the queries that read them.
 *
 * ```ts
 * export const history = projection('orders.history', { from: [OrderPlaced, OrderShipped] })
 * ```
 */
export function projection<const Name extends string, From extends EventDeclaration>(
  name: Name,
  definition: ProjectionDefinition<From>,
): Projection<Name, From> {
  const { from, ...rest } = definition
  const signature = defineOperation('projection', name, rest)
  const listed: unknown = from
  const events = Array.isArray(listed) ? Object.freeze([...(listed as From[])]) : from
  return Object.freeze({ ...signature, from: events, schema: schemaOfProjection(name) }) as never
}

export function isProjection(operation: AnyOperation): operation is Projection {
  return operation.kind === 'projection'
}

/**
 * What the handler of a projection gets. Nothing but its tables, the event and what identifies it: what it writes has to follow from the events, so
 * that it comes out the same when they are applied again.
 */
export type ProjectionContext = Pick<SubscriberContext, 'sql' | 'event' | 'signal' | 'remaining'>

/** What the filling of a new projection gets. */
export type SeedContext = Pick<SubscriberContext, 'sql'>

/** What one event does to the tables. */
export type Applies<E extends EventDeclaration> =
  E extends EventDeclaration<string, unknown, infer Data>
    ? (data: Data, ctx: ProjectionContext) => void | Promise<void>
    : never

/** What is bound to a projection. Statements name its tables without a schema. */
export interface ProjectionForm<From extends EventDeclaration> {
  /** Its own tables, as the migrations of a module. They are in a schema of their own, which queries name: `orders__history.entry`. */
  readonly tables: MigrationSource
  /** What each event does, by the name of the event. In the order of their commits per key, each once. */
  readonly apply: { readonly [E in From as E['name']]: Applies<E> }
  /**
   * Fills the empty tables of a new projection from those of the modules, in one transaction; the events that are not in what it has read come after it.
   * Default: it begins with the oldest event that is kept, and is refused (`FUL-4051`) where events of its have been deleted already.
   */
  readonly seed?: (ctx: SeedContext) => void | Promise<void>
}
