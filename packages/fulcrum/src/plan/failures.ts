import type { ErrorDeclaration } from '../declare/error.ts'
import type { AnyOperation } from '../declare/operation.ts'
import type { ErrorRow } from '../kernel/errors/row.ts'
import { type ErrorCode, ERRORS } from '../kernel/errors/table.ts'
import { answeringStages, type Plan, type Stage, type StageName } from './plan.ts'

/** One way in which a call may fail, as its caller sees it. */
export interface Failure {
  readonly status: number
  /** What callers can tell it by: a declared error's name, or a code of Fulcrum. */
  readonly code: string
  /** What kind of problem it is. */
  readonly title: string
}

/** What each stage may answer instead of going on. */
const OF_STAGE: Readonly<Record<StageName, readonly ErrorCode[]>> = {
  deadline: ['FUL-3001'],
  precondition: ['FUL-2008'],
  session: [],
  version: [],
  'local cache': [],
  'shared cache': [],
  'single-flight': [],
  fill: [],
  projection: ['FUL-3050'],
  label: [],
  gather: [],
  remote: ['FUL-3301', 'FUL-3302', 'FUL-3303'],
  route: ['FUL-3002', 'FUL-3005'],
  batch: ['FUL-3040'],
  invalidate: [],
  idempotency: ['FUL-2015', 'FUL-2016'],
  record: [],
  import: ['FUL-2017'],
  steps: ['FUL-3002', 'FUL-3201', 'FUL-3203', 'FUL-3206'],
  retry: ['FUL-3004'],
  job: [],
  'apply once': [],
  statements: [],
  transaction: ['FUL-3002', 'FUL-3005', 'FUL-3006'],
  outbox: [],
  subscription: [],
  run: ['FUL-3000', 'FUL-3003'],
}

/** Nobody waits for a job. What callers see when a call does not succeed: declared errors first, then those that its input and its plan bring with them, by status. */
export function failuresOf({ kind, errors, input }: AnyOperation, plan: Plan): readonly Failure[] {
  if (kind === 'job') return []
  const declared = (errors as readonly ErrorDeclaration[]).map(({ name, status, title }): Failure => ({
    status,
    code: name,
    title,
  }))
  const codes = new Set<ErrorCode>([...(input === undefined ? [] : ['FUL-2001' as const]), ...codesOf(plan)])
  const own = Array.from(codes, (code): Failure => {
    const { status, title }: ErrorRow = ERRORS[code]
    return { status, code, title }
  })
  return [...declared.toSorted(byStatus), ...own.toSorted(byStatus)]
}

function codesOf(plan: Plan): readonly ErrorCode[] {
  return answeringStages(plan).flatMap((stage) => {
    return [...OF_STAGE[stage.stage], ...ofSettings(stage)]
  })
}

function ofSettings(stage: Stage): readonly ErrorCode[] {
  if (stage.stage === 'precondition' && stage.ifMatch === true) return ['FUL-2009']
  if (stage.stage === 'idempotency' && stage.key === 'header') return ['FUL-2014']
  if (stage.stage === 'route' && isDemanding(stage)) return ['FUL-3015']
  if (stage.stage === 'transaction' && stage.durability === 'replicated') return ['FUL-3016']
  return []
}

function isDemanding({ level, bounds, target }: Extract<Stage, { stage: 'route' }>): boolean {
  return level !== 'none' || (target === 'replica' && bounds.staleness < Infinity)
}

function byStatus(a: Failure, b: Failure): number {
  return a.status - b.status || (a.code < b.code ? -1 : 1)
}
