import type { AnyOperation } from '../../declare/operation.ts'
import { factsOf } from '../../http/openapi/facts.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Page } from '../terminal.ts'
import { rows, wrap } from './prose.ts'

type View = Pick<Page, 'paint' | 'width'>

export interface Planned {
  readonly operation: AnyOperation
  readonly plan: Plan
}

/** One operation: what it promises, what it gives up, the stages of its plan with their reasons, and what was left out and why. */
export function showPlan({ operation, plan }: Planned, view: View): string[] {
  const facts = factsOf(operation, plan).flatMap(({ topic, promise, cost }): [string, string][] => [
    [topic, promise],
    ...(cost === undefined ? [] : ([['', `Gives up: ${cost}`]] as [string, string][])),
  ])
  const stages = plan.stages.map(({ stage, reason }, index): [string, string] => [
    `${index + 1} ${stage}`,
    reason,
  ])
  const absent = plan.absent.map(({ stage, reason }): [string, string] => [stage, reason])
  return [
    ...head(operation, view),
    ...section('promises', facts, view),
    ...section('plan, outermost first', stages, view),
    ...section('left out', absent, view),
  ]
}

function head({ name, kind, http, summary }: AnyOperation, { paint, width }: View): string[] {
  const title = [paint('bold', name), kind, http ?? 'not over HTTP'].join('  ')
  return [title, ...(summary === undefined ? [] : wrap(summary, width - 2).map((line) => `  ${line}`))]
}

function section(
  title: string,
  pairs: readonly (readonly [string, string])[],
  { paint, width }: View,
): string[] {
  if (pairs.length === 0) return []
  const label = (text: string): string => paint('cyan', text)
  return ['', `  ${paint('dim', title)}`, ...rows(pairs, { width, indent: 4, label })]
}

/** One operation for machines. Functions of a contract are shown as `"function"`, signatures by name. */
export function planJson({ operation, plan }: Planned, module: string): Record<string, unknown> {
  const { name, kind, http = null, summary = null, contract } = operation
  const facts = factsOf(operation, plan)
  const { stages, absent } = plan
  return { name, kind, module, http, summary, contract: plain(contract), facts, stages, absent }
}

function plain(value: unknown): unknown {
  if (typeof value === 'function') return 'function'
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if (isSignature(value)) return value.name
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

function isSignature(value: object): value is { readonly name: string } {
  return 'name' in value && typeof value.name === 'string' && 'contract' in value
}
