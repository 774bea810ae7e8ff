import type { Command } from 'commander'
import type { AppConfig } from '../../app/config.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import type { AddCommand, CommandContext, ExitCode } from '../command-context.ts'
import { type Help, withHelp } from '../help.ts'
import { findConfig, loadConfig } from '../load-config.ts'
import { configOption, jsonOption } from '../options.ts'
import { migrationsJson, showMigrations } from '../show/migrations.ts'

interface MigrateOptions {
  readonly config?: string
  readonly json?: boolean
  readonly dryRun?: boolean
  readonly module?: string
}

const HELP: Help = {
  summary: 'bring the schema of every module up to date',
  text: `Bring the schema of every module up to date.

Applies what is pending, module by module, under one lock: any number of instances may do it at once. Every module
has a history of its own. With \`migrations: 'boot'\`, the default, the application does this itself when it starts.`,
  examples: [
    ['fulcrum migrate --dry-run', 'what would be done'],
    ['fulcrum migrate', 'do it'],
    ['fulcrum migrate --module orders --json', 'one module, for machines'],
  ],
}

export const addMigrate: AddCommand = (program, context, run) => {
  const command: Command = program
    .command('migrate')
    .addOption(configOption())
    .option('-n, --dry-run', 'show what is pending, with its statements, and change nothing')
    .option('-m, --module <name>', 'only this module')
    .addOption(jsonOption())
    .action(run((options: MigrateOptions) => migrate(options, context)))
  withHelp(command, HELP)
}

async function migrate(
  { config: named, json = false, dryRun = false, module }: MigrateOptions,
  { terminal: { out, err }, env, directory }: CommandContext,
): Promise<ExitCode> {
  const config = await loadConfig(findConfig(named, directory))
  const { createApp } = await import('../../app/create-app.ts')
  const log = (line: string): void => err.line(err.paint('dim', line))
  await using app = createApp(config, { env, log })
  requireModule(config, module)
  const steps = await app.migrate(module === undefined ? { dryRun } : { dryRun, module })
  const view = { paint: out.paint.bind(out) }
  if (json) out.line(JSON.stringify(migrationsJson(steps, dryRun), undefined, 2))
  else for (const line of showMigrations(steps, dryRun, view)) out.line(line)
  return 0
}

function requireModule({ modules }: AppConfig, name: string | undefined): void {
  const names = modules.map((module) => module.name)
  if (name === undefined || names.includes(name)) return
  const hint = didYouMean(name, names)
  throw fulcrumError('FUL-6004', { argument: '--module', found: `"${name}"`, hint, allowed: names })
}
