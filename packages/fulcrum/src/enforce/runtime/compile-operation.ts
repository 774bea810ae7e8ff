import type { DbBinding } from '../../declare/db.ts'
import type { Binding, Module } from '../../declare/module.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Observer } from '../../kernel/observer.ts'
import type { Random } from '../../kernel/random.ts'
import { type Plan, stageOf } from '../../plan/plan.ts'
import { bindSql } from '../../ports/sql.ts'
import type { ImportLog } from '../../ports/import-log.ts'
import type { IdempotencyLog } from '../../ports/idempotency-log.ts'
import type { Store } from '../../ports/store.ts'
import type { Auditor } from '../audit/auditor.ts'
import { auditOf } from '../audit/operation-audit.ts'
import { alone } from '../batch/answers.ts'
import type { Caches } from '../cache/caches.ts'
import { OperationCache } from '../cache/operation-cache.ts'
import { emissionsOf } from '../messaging/emit.ts'
import type { ProjectionReads } from '../messaging/projection-reads.ts'
import type { Outgoing } from '../messaging/outgoing.ts'
import type { Enqueuer } from '../messaging/jobs/enqueuer.ts'
import type { CallScope } from './call-scope.ts'
import { CallTimer } from './call-timer.ts'
import { Compiled } from './compiled-operation.ts'
import { compose } from './compose.ts'
import { enqueueWith } from './enqueue.ts'
import type { Runs } from '../steps/runs.ts'
import type { InFlight } from './in-flight.ts'
import { localHits } from './local-hits.ts'
import { finishOutput } from './schema-check.ts'
import type { StageParts } from './stage.ts'
import { writeThrough, type WriteThroughs } from './write-through.ts'

/** One operation with its handler and plan, as the composition root hands it over. */
export interface RuntimeOperation {
  readonly operation: AnyOperation
  readonly module: Module
  readonly handler: Binding['handler']
  readonly many?: Binding['many']
  readonly calls?: Binding['calls']
  readonly plan: Plan
  /** Makes `ctx.db`, loaded for the module. */
  readonly bindDb: DbBinding<unknown> | undefined
}

/** What all operations of a runtime share. */
export interface CompileParts extends Pick<CallScope, 'callNested' | 'callStep' | 'callManyNested'> {
  readonly store: Store | undefined
  readonly outgoing: Outgoing | undefined
  /** `undefined` without a store that keeps events. */
  readonly projections: ProjectionReads | undefined
  /** There wherever there is a store that keeps answers. */
  readonly idempotencyLog: IdempotencyLog | undefined
  readonly importLog: ImportLog | undefined
  readonly clock: Clock
  readonly random: Random
  readonly observer: Observer
  readonly caches: Caches
  readonly auditor: Auditor | undefined
  readonly inFlight: InFlight
  /** `undefined` where no module has a job. */
  readonly enqueuer: Enqueuer | undefined
  readonly lost: StageParts['lost']
  /** `undefined` where no command is a run of steps. */
  readonly runs: Runs | undefined
  readonly remotes: StageParts['remotes']
  readonly remoteTokens: StageParts['remoteTokens']
  /** Gets to know the queries that are written through. */
  readonly refills: WriteThroughs
}

/** Decides everything about one operation that depends on its declaration alone. */
export function compileOperation(one: RuntimeOperation, parts: CompileParts): Compiled {
  const { plan, operation } = one
  const { auditor, refills, inFlight } = parts
  const scope = scopeOf(one, parts)
  const stages = stagePartsOf(one, parts)
  const through = writeThrough(scope, plan, stages)
  if (through !== undefined) refills.add(through)
  const settings = stageOf(plan, 'steps')
  if (settings !== undefined) parts.runs?.add({ scope, settings })
  const composed = compose(plan, stages)
  // How far a projection is differs from node to node, and is no fault of an answer.
  const isAudited = operation.projection === undefined && auditor !== undefined
  const audit = isAudited ? auditOf(composed, { scope, plan, stages, auditor }) : undefined
  const takesMany = operation.kind === 'subscriber' && one.many !== undefined
  return new Compiled({ scope, plan, composed, audit, hits: localHits(plan, stages), inFlight, takesMany })
}

function scopeOf(one: RuntimeOperation, parts: CompileParts): CallScope {
  const { operation, module, many, calls = [], bindDb } = one
  const { clock, random, store, observer, callNested, callStep, callManyNested } = parts
  const scope: CallScope = {
    operation,
    module: module.name,
    calls: namesOf([...calls, ...(operation.contract.transaction?.joins ?? [])]),
    handler: handlerOf(one) as CallScope['handler'],
    finish: finishOutput(operation),
    clock,
    random,
    store,
    timer: new CallTimer(clock),
    probe: observer.operation(operation.name, operation.kind),
    bindDb,
    bindSql: operation.kind === 'projection' ? sqlOfProjection(operation) : bindSql,
    emissions: emissionsOf(operation),
    callNested,
    callStep,
    callManyNested,
    enqueue: enqueueWith(parts.enqueuer),
    bulk: undefined,
  }
  return many === undefined || operation.kind === 'subscriber'
    ? scope
    : { ...scope, bulk: { ...scope, handler: many as CallScope['handler'] } }
}

/** The form of a subscriber for many events is its handler: it is never given anything else. */
function handlerOf({ operation, handler, many }: RuntimeOperation): unknown {
  if (handler !== undefined) return handler
  return operation.kind === 'subscriber' ? many : alone(many as never, operation)
}

function stagePartsOf({ operation, plan }: RuntimeOperation, parts: CompileParts): StageParts {
  const { store, outgoing, projections, idempotencyLog, importLog, clock, random, caches } = parts
  const { enqueuer, runs, refills, inFlight, lost, remotes, remoteTokens } = parts
  return {
    store,
    outgoing,
    projections,
    idempotencyLog,
    importLog,
    clock,
    random,
    operation,
    caches,
    enqueuer,
    runs,
    cache: stageOf(plan, 'fill') && new OperationCache(operation, plan, caches),
    budget: stageOf(plan, 'deadline')?.overHttp ?? Infinity,
    refills,
    inFlight,
    lost,
    remotes,
    remoteTokens,
  }
}

/** Statements of different projections are about tables of the same names, so they are not the same statements to the server. */
function sqlOfProjection({ name }: AnyOperation): CallScope['bindSql'] {
  return (call) => bindSql({ run: (text, values) => call.run(`${text} /* ${name} */`, values) })
}

function namesOf(operations: readonly AnyOperation[]): ReadonlySet<string> {
  return new Set(operations.map(({ name }) => name))
}
