import { type FulcrumError, fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { MigrationStep } from '../../../ports/migrations.ts'
import type { HistoryRow } from '../sql/migration-history.ts'
import { isSameStep, type Step } from './step.ts'

/** A step beside what the history says of it. */
export interface PlannedStep {
  readonly step: Step
  readonly state: MigrationStep['state']
}

export interface Comparison {
  readonly planned: readonly PlannedStep[]
  /** Why the history cannot be continued. */
  readonly problems: readonly FulcrumError[]
}

/**
 * The steps of one module beside its history. A history is only ever continued at its end: what was applied must still be there, unchanged, and
 * nothing may be slipped in before it, since other databases have already gone past that point.
 */
export function compare(module: string, steps: readonly Step[], history: readonly HistoryRow[]): Comparison {
  const applied = new Map(history.map((row) => [row.name, row]))
  const last = history.at(-1)?.name
  const planned = steps.map((step) => ({ step, state: stateOf(applied.get(step.name)) }))
  const problems = [
    ...history.flatMap((row) => problemOf(row, steps) ?? []),
    ...planned.flatMap(({ step, state }) =>
      state === 'pending' && last !== undefined && step.name < last
        ? outOfOrder(module, step.name, last)
        : [],
    ),
  ]
  return { planned, problems }
}

export function describe({ step, state }: PlannedStep): MigrationStep {
  const { module, name, checksum, transactional, up } = step
  return Object.freeze({
    module,
    name,
    checksum,
    state,
    transactional,
    sql: typeof up === 'string' ? up : undefined,
  })
}

function stateOf(row: HistoryRow | undefined): MigrationStep['state'] {
  return row === undefined ? 'pending' : 'applied'
}

function problemOf(row: HistoryRow, steps: readonly Step[]): FulcrumError | undefined {
  const { module, name } = row
  const step = steps.find((each) => each.name === name)
  if (step === undefined) return fulcrumError('FUL-4021', { module, name })
  if (!row.is_finished) return halfDone(row)
  if (isSameStep(row.checksum, step.checksum)) return undefined
  return fulcrumError('FUL-4020', { module, name, found: step.checksum, expected: row.checksum })
}

function outOfOrder(module: string, name: string, last: string): FulcrumError {
  return fulcrumError('FUL-4022', { module, name, last })
}

/** What to do about a step that ran outside a transaction and failed. */
export function halfDone(
  { module, name }: Pick<HistoryRow, 'module' | 'name'>,
  more: { readonly reason?: string; readonly leftovers?: readonly string[]; readonly cause?: unknown } = {},
): FulcrumError {
  const where = `WHERE module = '${module}' AND name = '${name}'`
  const leftovers = more.leftovers ?? []
  const params = {
    module,
    name,
    reason: more.reason ?? 'an earlier attempt did not finish',
    leftovers: leftovers.length === 0 ? '' : ` Invalid indexes: ${leftovers.join(', ')}.`,
    again: `DELETE FROM fulcrum.migration ${where}`,
    done: `UPDATE fulcrum.migration SET finished_at = now() ${where}`,
  }
  return fulcrumError('FUL-4023', params, 'cause' in more ? { cause: more.cause } : undefined)
}
