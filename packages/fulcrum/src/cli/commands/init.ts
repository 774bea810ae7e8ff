import { relative, resolve } from 'node:path'
import type { Command } from 'commander'
import type { AddCommand, CommandContext, ExitCode } from '../command-context.ts'
import { type Help, withHelp } from '../help.ts'
import { jsonOption } from '../options.ts'

interface InitOptions {
  readonly json?: boolean
}

const HELP: Help = {
  summary: 'write a small project that works',
  text: `Write a small project that works.

One module with two queries, a command, a migration and a test, the configuration, and a README that says how to go
on. Nothing is installed and nothing is overwritten.`,
  examples: [
    ['fulcrum init shop', 'in ./shop'],
    ['npx fulcrum init shop && cd shop && npm install && npm start', 'from nothing to a backend that serves'],
  ],
}

export const addInit: AddCommand = (program, context, run) => {
  const command: Command = program
    .command('init')
    .argument('[directory]', 'a new or empty directory', '.')
    .addOption(jsonOption())
    .action(run((directory: string, options: InitOptions) => init(directory, options, context)))
  withHelp(command, HELP)
}

async function init(
  named: string,
  { json = false }: InitOptions,
  { terminal: { out }, directory }: CommandContext,
): Promise<ExitCode> {
  const { scaffold } = await import('../init/scaffold.ts')
  const written = scaffold(resolve(directory, named))
  if (json) {
    out.line(JSON.stringify(written, undefined, 2))
    return 0
  }
  const place = relative(directory, written.directory)
  out.line(
    `${out.paint('green', written.name)} is written: ${written.files.length} files in ${written.directory}`,
  )
  const commands = [...(place === '' ? [] : [`cd ${place}`]), 'npm install', 'npm start']
  for (const line of ['', 'Next:', ...commands.map((each) => `  ${each}`)]) out.line(line)
  return 0
}
