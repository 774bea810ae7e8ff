import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { isFulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { CommandContext, ExitCode, Run } from './command-context.ts'
import { addCheck } from './commands/check.ts'
import { addDev } from './commands/dev.ts'
import { addExplain } from './commands/explain.ts'
import { addInit } from './commands/init.ts'
import { addJobs } from './commands/jobs.ts'
import { addModules } from './commands/modules.ts'
import { addMigrate } from './commands/migrate.ts'
import { addStart } from './commands/start.ts'
import { addSteps } from './commands/steps.ts'
import { type Help, withHelp } from './help.ts'
import { showError } from './show/error.ts'
import { processTerminal, survivePipes, type Terminal } from './terminal.ts'

const COMMANDS = [addDev, addStart, addExplain, addCheck, addModules, addMigrate, addJobs, addSteps, addInit]

/** Serving goes on when nobody reads the output any more. */
const SERVERS = ['dev', 'start']

const LINGER_MS = 2_000

/** Codes of errors that say that the command line itself is wrong. */
const USAGE = ['FUL-6004', 'FUL-6006']

/** The command line of this process. Sets the exit code; the process ends by itself when nothing is left to do. */
export async function main(args: readonly string[]): Promise<void> {
  const terminal = processTerminal()
  survivePipes(() => SERVERS.includes(args.find((each) => !each.startsWith('-')) ?? ''))
  const verbose = args.includes('--verbose')
  process.exitCode = await runProgram(args, { terminal, env: process.env, directory: process.cwd(), verbose })
  // Something of the application, such as an interval that nobody cleared, must not keep a finished command alive.
  setTimeout(() => endAnyway(terminal), LINGER_MS).unref()
}

function endAnyway({ err }: Terminal): void {
  const left = [...new Set(process.getActiveResourcesInfo())].join(', ')
  err.line(err.paint('dim', `ended although something was still active: ${left}`))
  process.exit()
}

/** Runs one command line; resolves with its exit code. */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  let code: ExitCode = 0
  const run: Run =
    (action) =>
    async (...given) => {
      code = await action(...given)
    }
  try {
    await program(context, run).parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    // Commander has already said what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return report(error, context)
  }
}

function report(error: unknown, { terminal: { err }, verbose }: CommandContext): ExitCode {
  const view = { verbose, width: err.width, paint: err.paint.bind(err) }
  for (const line of showError(error, view)) err.line(line)
  return isFulcrumError(error) && USAGE.includes(error.code) ? 2 : 1
}

const HELP: Help = {
  summary: 'backends whose operations declare their trade-offs once, in code',
  text: `Backends whose operations declare their trade-offs once, in code.

Exit codes: 0 done; 1 refused, failed, or something is wrong with the application; 2 wrong use of the command line;
128 + n ended at once by signal n. Colours: only on a terminal; NO_COLOR and FORCE_COLOR are respected.`,
  examples: [
    ['fulcrum init shop', 'begin a project in ./shop'],
    ['fulcrum dev', 'serve it, reload on change; PostgreSQL included'],
    ['fulcrum explain orders.place', 'what a contract became'],
  ],
}

function program(context: CommandContext, run: Run): Command {
  const { out, err } = context.terminal
  const root = new Command('fulcrum')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .option('--verbose', 'show whole stacks and causes of errors')
    .configureHelp({ showGlobalOptions: true, styleTitle: (text) => out.paint('bold', text) })
    .configureOutput({
      writeOut: (text) => out.line(text.trimEnd()),
      writeErr: (text) => err.line(text.trimEnd()),
      outputError: (text, write) => write(err.paint('red', text)),
      getOutHelpWidth: () => out.width,
      getErrHelpWidth: () => err.width,
    })
    .showHelpAfterError('(--help describes everything)')
    .exitOverride()
  for (const add of COMMANDS) add(root, context, run)
  return withHelp(root, HELP)
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
