import type { Binding } from '../declare/module.ts'
import { isProjection } from '../declare/projection.ts'
import type { Deadline } from '../kernel/deadline.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { Migrations, MigrationStep, ModuleMigrations } from '../ports/migrations.ts'
import type { AppConfig } from './config.ts'

/** What is migrated, and until when. */
export interface Migrating {
  readonly migrations: Migrations
  /** Fulcrum's own tables, where the application has operations that need them. They come first. */
  readonly own: ModuleMigrations | undefined
  readonly config: AppConfig
  readonly deadline: Deadline
}

export interface MigrateOptions {
  /** Only list what is pending. */
  readonly dryRun?: boolean
  /** Only this module. Default: all. */
  readonly module?: string
}

/** Fulcrum's own migrations, and those of the modules that have any, in the order in which the configuration lists the modules. */
export function moduleMigrations(
  { own, config: { modules } }: Pick<Migrating, 'own' | 'config'>,
  only?: string,
): ModuleMigrations[] {
  const chosen = only === undefined ? modules : modules.filter(({ name }) => name === only)
  const isOwnChosen = own !== undefined && (only === undefined || only === own.module)
  return [...(isOwnChosen ? [own] : []), ...chosen.flatMap(historiesOf)]
}

function historiesOf({ name, migrations, bindings }: AppConfig['modules'][number]): ModuleMigrations[] {
  const tables = bindings.flatMap(tablesOf)
  return migrations === undefined ? tables : [{ module: name, source: migrations }, ...tables]
}

/** Applies, or lists, what is pending; returns those steps. */
export async function migrate(
  migrating: Migrating,
  { dryRun = false, module }: MigrateOptions = {},
): Promise<readonly MigrationStep[]> {
  const { migrations, deadline } = migrating
  const wanted = moduleMigrations(migrating, module)
  if (!dryRun) return migrations.apply(wanted, deadline)
  return pending(await migrations.plan(wanted))
}

/** Applies what is pending when the application starts, or refuses to start with it, as configured. */
export async function migrateAtBoot(migrating: Migrating, log: (line: string) => void): Promise<void> {
  const { config, migrations } = migrating
  if (config.migrations === 'manual') return checkMigrated(await migrations.plan(moduleMigrations(migrating)))
  for (const { module, name } of await migrate(migrating)) log(`migrated ${module}: ${name}`)
}

/** With `migrations: 'manual'` an application does not run on a schema that is behind. */
function checkMigrated(steps: readonly MigrationStep[]): void {
  const [first, ...more] = pending(steps)
  if (first === undefined) return
  const rest = more.length === 0 ? 'is' : `and ${more.length} more are`
  const reason = `migration ${first.module}/${first.name} ${rest} pending; run \`fulcrum migrate\``
  throw fulcrumError('FUL-1017', { part: 'the application', reason })
}

function pending(steps: readonly MigrationStep[]): MigrationStep[] {
  return steps.filter(({ state }) => state === 'pending')
}

/** Those of a projection are a history by themselves, in a schema of their own. */
function tablesOf({ target, model }: Binding): ModuleMigrations[] {
  return isProjection(target) && model !== undefined ? [{ module: target.schema, source: model.tables }] : []
}
