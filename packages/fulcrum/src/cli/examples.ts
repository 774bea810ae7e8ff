import type { Command } from 'commander'

/** Adds examples below the help of a command: what is typed, and what it does. */
export function withExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  const column = Math.max(...examples.map(([typed]) => typed.length))
  const lines = examples.map(([typed, effect]) => `  ${typed.padEnd(column)}  ${effect}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}
