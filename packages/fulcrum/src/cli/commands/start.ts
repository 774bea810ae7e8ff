import type { AddCommand, CommandContext, ExitCode } from '../command-context.ts'
import { withEmptiedStore } from '../emptied-store.ts'
import { type Help, withHelp } from '../help.ts'
import { findConfig, loadConfig } from '../load-config.ts'
import { addressOf, type ServeOptions, withServeOptions } from '../options.ts'
import { serve } from '../serve.ts'
import { StopRequests } from '../stop-requests.ts'

const HELP: Help = {
  summary: 'serve the application',
  text: `Serve the application.

Loads the configuration, refuses what cannot be kept, opens the store, applies migrations (unless the configuration
says \`migrations: 'manual'\`) and serves. SIGTERM or SIGINT (Ctrl-C) ends it once the calls in flight have finished;
a second signal ends it at once. An embedded PostgreSQL keeps its data in .fulcrum/ until --fresh.`,
  examples: [
    ['DATABASE_URL=postgres://… fulcrum start', 'on a PostgreSQL of your own'],
    ['fulcrum start --host 0.0.0.0 --port 8080', 'reachable from other machines'],
    ['fulcrum start --fresh', 'from empty tables, on the embedded PostgreSQL'],
  ],
}

export const addStart: AddCommand = (program, context, run) => {
  const command = withServeOptions(program.command('start'))
  command.action(run((options: ServeOptions) => start(options, context)))
  withHelp(command, HELP)
}

async function start(options: ServeOptions, { terminal, env, directory }: CommandContext): Promise<ExitCode> {
  using stop = new StopRequests()
  const address = addressOf(options, env)
  const configured = await loadConfig(findConfig(options.config, directory))
  const config = options.fresh === true ? withEmptiedStore(configured, env) : configured
  await serve({ config, env, address, terminal, stop })
  return 0
}
