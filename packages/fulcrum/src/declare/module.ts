import type {
  BatchContext,
  CommandContext,
  DeliveredEvent,
  EventsContext,
  JobContext,
  ManyContext,
  QueryContext,
  SubscriberContext,
} from './context.ts'
import { bindProjection, type ProjectionTables } from './bind-projection.ts'
import type { DbHandle } from './db.ts'
import type { DomainError, ErrorDeclaration } from './error.ts'
import type { EventDeclaration } from './event.ts'
import type { Stepwise } from './command.ts'
import type { MigrationSource } from './migration.ts'
import type { AnyOperation, Operation } from './operation.ts'
import type { Projection, ProjectionForm } from './projection.ts'
import type { StepsContext } from './steps.ts'
import type { RemoteTerms } from './remote.ts'
import { withStrays } from './stray-fields.ts'
import { subscriber, type SubscriberTerms } from './subscriber.ts'
import type { Tag } from './tag.ts'

/** The handler that a signature asks for; of a projection, its tables and what events do to them. */
export type Handler<T, Db> =
  T extends Projection<string, infer From> ? ProjectionForm<From> : FunctionOf<T, Db>

type FunctionOf<T, Db> =
  T extends Operation<
    infer Kind,
    string,
    unknown,
    infer Parsed,
    infer Returned,
    unknown,
    infer Err,
    infer Emits,
    infer Joins
  >
    ? (
        input: Parsed,
        ctx: Kind extends 'query'
          ? QueryContext<Db, Err>
          : Kind extends 'job'
            ? JobContext<Db, Emits>
            : [Joins] extends [never]
              ? CommandContext<Db, Err, Emits, Joins>
              : [Joins] extends [Stepwise]
                ? StepsContext<Err>
                : CommandContext<Db, Err, Emits, Joins>,
      ) => Returned | Promise<Returned>
    : never

/** What a subscriber does with the data of one event, in the transaction that says that it was delivered. */
export type EventHandler<Data, Db, Emits extends EventDeclaration> = (
  data: Data,
  ctx: SubscriberContext<Db, Emits>,
) => void | Promise<void>

/**
 * What is bound to an event in place of a handler where one statement does for many events what it would do for each. `many` gets what is there to be
 * delivered, up to 500 events in the order of their commits, in one transaction. What it throws undoes all of it, and the events are taken apart until only those at fault have failed.
 */
export interface EventsForm<Data, Db, Emits extends EventDeclaration> {
  readonly many: (
    events: readonly DeliveredEvent<Data>[],
    ctx: EventsContext<Db, Emits>,
  ) => void | Promise<void>
}

/**
 * The bulk form of a query's handler: reads several inputs at once, and returns one answer for each of them, in their order. An answer may be an
 * error made with `ctx.failure`; what it throws is what all of them come to.
 */
export type Many<T, Db> =
  T extends Operation<
    'query',
    string,
    unknown,
    infer Parsed,
    infer Returned,
    unknown,
    infer Err,
    infer _Emits,
    infer _Joins
  >
    ? (
        inputs: readonly Parsed[],
        ctx: ManyContext<Db, Err>,
      ) => readonly (Returned | DomainError<Err>)[] | Promise<readonly (Returned | DomainError<Err>)[]>
    : never

/**
 * What is bound to a command that is carried out in batches (`throughput.batch`), in place of a handler.
 *
 * `many` does what several calls ask for, in one transaction, and returns one answer for each of them, in their order; a call that is alone is a list
 * of one. An answer may be an error made with `ctx.failure`, for a call that was not carried out; a command without an output may return nothing,
 * which says that all were. What it throws undoes all of it, and the batch is taken apart until only the calls that are at fault have failed.
 */
export type BatchForm<T, Db> =
  T extends Operation<
    'command',
    string,
    unknown,
    infer Parsed,
    infer Returned,
    unknown,
    infer Err,
    infer Emits,
    infer _Joins
  >
    ? {
        readonly many: (
          inputs: readonly Parsed[],
          ctx: BatchContext<Db, Err, Emits>,
        ) => BatchAnswers<Returned, Err> | Promise<BatchAnswers<Returned, Err>>
      }
    : never

/** One for each input; of a command without an output also nothing. */
export type BatchAnswers<Returned, Err extends ErrorDeclaration> =
  readonly (Returned | DomainError<Err>)[] | (void extends Returned ? void : never)

/** What goes with a handler. */
export interface Forms<T, Db> extends Calls {
  /** Reads what a bulk read (`callMany`) has not found in a cache with one call, instead of one call for each. */
  readonly many?: Many<T, Db>
}

/** What a handler relies on beyond its own module. */
export interface Calls {
  /**
   * Operations of other modules that the handler calls, reads in bulk or enqueues; those that `transaction.joins` names need not be repeated. Anything
   * else of another module is refused, so that the modules' dependencies can be read off (`fulcrum modules`). Default: none.
   */
  readonly calls?: readonly AnyOperation[]
}

/** A signature with its handler. For an event that the module subscribes to, the signature is made from that. */
export interface Binding {
  readonly target: AnyOperation
  /** `undefined` where `many` takes its place: for a batched command, and for a subscriber that is given many events. */
  readonly handler: ((input: never, ctx: never) => unknown) | undefined
  readonly many?: ((inputs: never, ctx: never) => unknown) | undefined
  /** See `Calls`. Default: none. */
  readonly calls?: readonly AnyOperation[] | undefined
  /** Of a projection: its tables, and what fills them. */
  readonly model?: ProjectionTables
  /** Of a projection: the names of the events that it says something about. */
  readonly applies?: readonly string[]
}

/**
 * Binds a handler to a signature.
 *
 * ```ts
 * on(getProduct, ({ id }, { sql }) => …, {
 *   many: async (inputs, { sql, failure }) => …,   // one answer for each of the inputs
 *   calls: [findCustomer],                         // operations of other modules that it calls
 * })
 * on(recordVisit, { many: async (inputs, { sql }) => … })   // a command with throughput.batch
 * on(history, {                                             // a projection
 *   tables: [{ name: '0001', up: 'create table entry (id uuid primary key, …)' }],
 *   apply: { 'orders.OrderPlaced': ({ id }, { sql }) => sql`insert into entry …` },
 * })
 * ```
 */
export interface On<Db> {
  <T extends AnyOperation>(
    target: T,
    handler: Handler<T, Db> | BatchForm<T, Db>,
    forms?: Forms<T, Db>,
  ): Binding
  /**
   * Subscribes the module to an event.
   *
   * ```ts
   * on(OrderPlaced, ({ orderId }, { sql }) => …, { contract: { delivery: { attempts: 5 } } })
   * on(PageSeen, { many: async (events, { sql }) => … })   // all that are there, with one statement
   * ```
   */
  <Data, Emits extends EventDeclaration = never>(
    event: EventDeclaration<string, unknown, Data>,
    handler: EventHandler<Data, Db, Emits> | EventsForm<Data, Db, Emits>,
    terms?: SubscriberTerms<Data, Emits> & Calls,
  ): Binding
}

/** A row as PostgreSQL prints it: texts, and `null`. Which columns it has is the table's business, so their type is left open. */
export interface RowText {
  readonly [column: string]: string | null
}

/** For each table, the tags of one of its rows. */
export type TagsOfRows = Readonly<Record<string, (row: RowText) => readonly Tag[]>>

export interface ModuleDefinition<Db> {
  /** The query builder of `ctx.db`: `kysely<ProfilesDb>()`. Default: none; `ctx.sql` is always there. */
  readonly db?: DbHandle<Db>
  /**
   * Tags of a changed row, by table: what `cache.invalidation: 'log'` reads from the change stream. A row comes as PostgreSQL prints it; of the
   * state that a row left only the columns of its replica identity are known, by default the primary key.
   */
  readonly rows?: TagsOfRows
  /** The module's schema changes: a folder of ordered `.sql` and `.ts` files, or a list. */
  readonly migrations?: MigrationSource
  readonly handlers: (on: On<Db>) => readonly Binding[]
}

/** Owns a PostgreSQL schema of its own name and the operations whose names begin with it. */
export interface Module<Db = unknown> {
  readonly kind: 'module'
  readonly name: string
  readonly db: DbHandle<Db> | undefined
  readonly rows: TagsOfRows | undefined
  readonly migrations: MigrationSource | undefined
  readonly bindings: readonly Binding[]
  /** Where it is; `undefined` for a module of this process. */
  readonly remote?: RemoteTerms | undefined
}

/**
 * Binds handlers to signatures.
 *
 * ```ts
 * export default module('profiles', {
 *   db: kysely<ProfilesDb>(),
 *   migrations: new URL('./migrations/', import.meta.url),
 *   handlers: (on) => [on(getProfile, ({ userId }, { db }) => db.selectFrom('profile')…)],
 * })
 * ```
 */
export function module<Db = undefined>(name: string, definition: ModuleDefinition<Db>): Module<Db> {
  const on = (
    target: AnyOperation | EventDeclaration,
    form: Bound | ProjectionForm<never>,
    forms: object = {},
  ): Binding => {
    if (isKind(target, 'projection')) return bindProjection(target as Projection, form)
    const handler = form as Bound
    return isEvent(target) ? subscribe(name, { target, handler, forms }) : bind(target, handler, forms)
  }
  const { db, rows, migrations, handlers, ...strays } = definition
  const bindings = Object.freeze([...handlers(on)])
  const declared: Module<Db> = { kind: 'module', name, db, rows, migrations, bindings }
  return Object.freeze(withStrays(declared, strays))
}

/** A handler, or a form for many in its place. */
type Bound = Binding['handler'] | Pick<Binding, 'many'>

interface Subscribing {
  readonly target: EventDeclaration
  readonly handler: Bound
  readonly forms: Calls
}

function subscribe(owner: string, { target, handler, forms }: Subscribing): Binding {
  const { calls, ...terms } = forms
  const signature = subscriber(owner, target, terms)
  if (!isForm(handler)) return Object.freeze({ target: signature, handler, ...listed(calls) })
  const { many, ...others } = handler
  return Object.freeze(withStrays({ target: signature, handler: undefined, many, ...listed(calls) }, others))
}

function isForm(handler: Bound): handler is Pick<Binding, 'many'> {
  return typeof handler === 'object' && (handler as unknown) !== null
}

function bind(target: AnyOperation, handler: Bound, forms: object): Binding {
  const isBatch = isForm(handler)
  const given = (isBatch ? { ...forms, ...handler } : forms) as Pick<Binding, 'many' | 'calls'>
  const { many, calls, ...others } = given
  const binding = { target, handler: isBatch ? undefined : handler, many, ...listed(calls) }
  return Object.freeze(withStrays(binding, others))
}

/** Anything may stand there; boot refuses what is no list. */
function listed(calls: Calls['calls']): Pick<Binding, 'calls'> {
  if (calls === undefined) return {}
  const list: unknown = calls
  return { calls: Array.isArray(list) ? Object.freeze([...(list as AnyOperation[])]) : calls }
}

function isEvent(target: AnyOperation | EventDeclaration): target is EventDeclaration {
  return isKind(target, 'event')
}

/** Anything may stand there. */
function isKind(target: unknown, kind: string): boolean {
  return (target as { readonly kind?: unknown } | undefined)?.kind === kind
}
