import type { Command } from 'commander'
import type { AppConfig } from '../../app/config.ts'
import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { AddCommand, CommandContext, ExitCode } from '../command-context.ts'
import { withDevelopmentStore } from '../development-store.ts'
import { type Help, withHelp } from '../help.ts'
import { findConfig, loadConfig } from '../load-config.ts'
import { configOption, jsonOption } from '../options.ts'
import { errorJson } from '../show/error-json.ts'
import { refusals } from '../show/error.ts'
import { count } from '../show/prose.ts'

interface CheckOptions {
  readonly config?: string
  readonly json?: boolean
}

const HELP: Help = {
  summary: 'check every declaration and every plan, without a database',
  text: `Check every declaration and every plan, without a database.

Lists everything that would keep the application from starting. Plans depend on what is configured, so give it the
environment of the place to check for (DATABASE_URL, DATABASE_REPLICA_URLS); nothing is connected. Without one it
plans for the embedded cluster of \`fulcrum dev\`.`,
  examples: [
    ['fulcrum check', 'for people; exit code 1 when something is refused'],
    ['fulcrum check --json', 'for an editor or a pipeline'],
  ],
}

export const addCheck: AddCommand = (program, context, run) => {
  const command: Command = program
    .command('check')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(run((options: CheckOptions) => check(options, context)))
  withHelp(command, HELP)
}

async function check(options: CheckOptions, { terminal, env, directory }: CommandContext): Promise<ExitCode> {
  const loaded = await loadConfig(findConfig(options.config, directory))
  const config = await withDevelopmentStore(loaded, env)
  const { checkApp } = await import('../../app/boot.ts')
  const errors = checkApp(config, env)
  const { out, err } = terminal
  if (options.json === true) {
    out.line(JSON.stringify(checkJson(config, errors), undefined, 2))
  } else if (errors.length === 0) {
    const { operations, modules } = sizes(config)
    out.line(
      `${out.paint('green', 'ok')}  ${count(operations, 'operation')} in ${count(modules, 'module')} hold.`,
    )
  } else {
    const view = { verbose: false, width: err.width, paint: err.paint.bind(err) }
    for (const line of refusals(errors, view)) err.line(line)
  }
  return errors.length === 0 ? 0 : 1
}

function checkJson(config: AppConfig, errors: readonly FulcrumError[]): Record<string, unknown> {
  // A configuration that is refused may have anything in the place of its modules.
  if (errors.length > 0) return { ok: false, errors: errors.map(errorJson) }
  return { ok: true, ...sizes(config), errors: [] }
}

function sizes({ modules }: AppConfig): { readonly operations: number; readonly modules: number } {
  const bindings = modules.flatMap((module) => module.bindings)
  return {
    operations: bindings.length,
    modules: modules.length,
  }
}
