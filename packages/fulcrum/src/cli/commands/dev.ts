import type { AddCommand, CommandContext, ExitCode } from '../command-context.ts'
import { type Help, withHelp } from '../help.ts'
import { findConfig } from '../load-config.ts'
import { addressOf, type ServeOptions, withServeOptions } from '../options.ts'
import { StopRequests } from '../stop-requests.ts'

const HELP: Help = {
  summary: 'serve it while it is being written: reload on change, PostgreSQL included',
  text: `Serve the application while it is being written.

Starts a PostgreSQL primary and replica where the configuration asks for a database that the environment does not
name, brings the schema up to date, and serves. A change to a file of the application loads the new version beside
the old one and replaces it; a version that does not load is reported, and the old one goes on.

TypeScript is run as it is: type errors do not stop it. Data stays in .fulcrum/ until --fresh.`,
  examples: [
    ['fulcrum dev', 'with a PostgreSQL of its own'],
    ['fulcrum dev --fresh --port 4001', 'from empty tables, on another port'],
    ['DATABASE_URL=postgres://… fulcrum dev', 'on a PostgreSQL of your own'],
  ],
}

export const addDev: AddCommand = (program, context, run) => {
  const command = withServeOptions(program.command('dev'))
  command.action(run((options: ServeOptions) => dev(options, context)))
  withHelp(command, HELP)
}

async function dev(options: ServeOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, env, directory, verbose } = context
  using stop = new StopRequests()
  const { fresh = false } = options
  const config = findConfig(options.config, directory)
  const { DevLoop } = await import('../dev/dev-loop.ts')
  const settings = { ...addressOf(options, env), config, fresh, verbose }
  return await new DevLoop({ settings, directory, terminal, stop }).run()
}
