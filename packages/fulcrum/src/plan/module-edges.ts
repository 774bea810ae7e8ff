import { joinsOf } from '../declare/checks/joins.ts'
import { moduleOf } from '../declare/checks/names.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { eventsOf } from '../declare/delivered.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { type Plan, stageOf } from './plan.ts'

/**
 * How one module depends on another. `transactional`: both sides are in one transaction or one snapshot, so they are hard to split. `call`: one waits for
 * the answer of the other. `event`: one is told what has happened in the other, some time later.
 */
export const EDGE_KINDS = ['transactional', 'call', 'event'] as const
export type EdgeKind = (typeof EDGE_KINDS)[number]

/** One reason why a module depends on another. */
export interface ModuleEdge {
  readonly kind: EdgeKind
  /** The operation that depends. */
  readonly from: string
  /** The operation, or the event, that it depends on. */
  readonly to: string
  /** In prose, as the rest of a sentence that begins with `from`. */
  readonly how: string
}

/** What edges are read off. */
export interface EdgeFacts {
  readonly operation: AnyOperation
  readonly plan: Plan
  readonly calls?: readonly AnyOperation[] | undefined
}

/**
 * The edges between the modules of an application, in the order of its operations. Complete, since calls around their declaration are refused; those
 * that begin in other processes are known there.
 */
export function moduleEdges(operations: readonly EdgeFacts[]): readonly ModuleEdge[] {
  const here = operations.filter(({ plan }) => stageOf(plan, 'remote') === undefined)
  return here.flatMap(edgesOf).filter(({ from, to }) => moduleOf(from) !== moduleOf(to))
}

/** The edges that go from a module to others, or from others to it. */
export function edgesAt(edges: readonly ModuleEdge[], module: string): readonly ModuleEdge[] {
  return edges.filter(({ from, to }) => moduleOf(from) === module || moduleOf(to) === module)
}

/** Why a module cannot run in a process of its own; empty where it can. */
export function extractionRefusals(edges: readonly ModuleEdge[], module: string): FulcrumError[] {
  return edgesAt(edges, module).flatMap(({ kind, from, to, how }) =>
    kind === 'transactional'
      ? [fulcrumError('FUL-1040', { module, edge: `${from} ${how}`, callee: to }, { operation: from })]
      : [],
  )
}

function edgesOf(facts: EdgeFacts): readonly ModuleEdge[] {
  const { operation, calls = [] } = facts
  const from = operation.name
  const joined = joinsOf(operation).map(({ name: to }): ModuleEdge => {
    return { kind: 'transactional', from, to, how: `joins ${to} into its transaction` }
  })
  const called = calls.map((target) => callEdge(facts, target))
  const told = eventsOf(operation).map(({ name: to }): ModuleEdge => {
    return { kind: 'event', from, to, how: `is told of ${to}` }
  })
  return [...joined, ...called, ...told]
}

function callEdge(facts: EdgeFacts, { name: to, kind }: AnyOperation): ModuleEdge {
  const from = facts.operation.name
  if (kind === 'job') {
    const how = `enqueues ${to} in the database that both are in`
    return { kind: 'transactional', from, to, how }
  }
  if (kind === 'command' && stageOf(facts.plan, 'steps') !== undefined) {
    const how = `calls ${to} as a step, which is remembered in the transaction of that`
    return { kind: 'transactional', from, to, how }
  }
  const bond = bondOf(facts.plan)
  if (bond === undefined) return { kind: 'call', from, to, how: `calls ${to}` }
  return { kind: 'transactional', from, to, how: `reads ${to} ${bond}` }
}

/** What ties the reads of an operation together; `undefined` where each may be of another state. */
function bondOf(plan: Plan): string | undefined {
  if (stageOf(plan, 'transaction') !== undefined) return 'inside its transaction'
  const route = stageOf(plan, 'route')
  if (route === undefined || route.sees === 'each') return undefined
  if (route.sees === 'snapshot') return 'in its snapshot'
  return isUnbounded(plan) ? undefined : 'as a part of what its session or its age is judged by'
}

/** Nothing is promised of the state that its answer is of. */
function isUnbounded(plan: Plan): boolean {
  const route = stageOf(plan, 'route')
  const invalidation = stageOf(plan, 'fill')?.invalidation ?? 'ttl'
  const isTold = invalidation === 'event' || invalidation === 'log'
  return !isTold && route?.level === 'none' && route.bounds.staleness === Infinity
}
