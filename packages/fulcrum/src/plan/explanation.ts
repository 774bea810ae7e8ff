import type { AnyOperation, OperationKind } from '../declare/operation.ts'
import { type Fact, factsOf } from './facts.ts'
import { type Failure, failuresOf } from './failures.ts'
import type { Absence, Plan, Stage } from './plan.ts'
import { type Touched, touchedTags } from './touched-tags.ts'

/** All that can be said of an operation before it runs. */
export interface Explanation {
  readonly name: string
  readonly kind: OperationKind
  /** `undefined` when it is not reachable over HTTP. */
  readonly http: string | undefined
  readonly summary: string | undefined
  /** What it promises and what it gives up for that. */
  readonly facts: readonly Fact[]
  readonly touched: Touched | undefined
  /** Outermost first. */
  readonly stages: readonly Stage[]
  readonly absent: readonly Absence[]
  /** What callers see when it does not succeed. */
  readonly failures: readonly Failure[]
  /** Why it cannot run on what is configured; empty when it can. */
  readonly refusals: readonly string[]
}

/** What an operation promises, how its plan keeps that, and what callers see when it cannot. Pure. */
export function explanationOf(plan: Plan, operation: AnyOperation): Explanation {
  const { name, kind, http, summary } = operation
  const refused = plan.refusals.length > 0
  return {
    name,
    kind,
    http,
    summary,
    facts: refused ? [] : factsOf(operation, plan),
    touched: touchedTags(operation),
    stages: plan.stages,
    absent: plan.absent,
    failures: refused ? [] : failuresOf(operation, plan),
    refusals: plan.refusals.map(({ message }) => message),
  }
}
