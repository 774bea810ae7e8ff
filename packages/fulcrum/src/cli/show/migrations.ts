import type { MigrationStep } from '../../ports/migrations.ts'
import type { Page } from '../terminal.ts'
import { count } from './prose.ts'

/** What was applied, or what would be. A dry run shows the statements too. */
export function showMigrations(
  steps: readonly MigrationStep[],
  dryRun: boolean,
  { paint }: Pick<Page, 'paint'>,
): string[] {
  if (steps.length === 0) return ['Nothing to migrate: every step is applied.']
  const verb = dryRun ? 'pending' : 'applied'
  const listed = steps.flatMap((step) => [
    `${paint(dryRun ? 'yellow' : 'green', verb)}  ${step.module}/${step.name}${outside(step)}`,
    ...(dryRun ? statements(step) : []),
  ])
  return [...listed, '', `${count(steps.length, 'step')} ${verb}.`]
}

function outside({ transactional }: MigrationStep): string {
  return transactional ? '' : ' (outside a transaction)'
}

function statements({ sql }: MigrationStep): string[] {
  if (sql === undefined) return ['    (a function; its statements are not known before it runs)']
  return sql
    .trim()
    .split('\n')
    .map((line) => `    ${line}`.trimEnd())
}

/** The same for machines. */
export function migrationsJson(steps: readonly MigrationStep[], dryRun: boolean): Record<string, unknown> {
  const listed = steps.map(({ module, name, checksum, state, transactional, sql = null }) => ({
    module,
    name,
    checksum,
    state,
    transactional,
    sql,
  }))
  return { dryRun, steps: listed }
}
