import type { Command } from 'commander'

export interface Help {
  /** One line, for the list of commands. */
  readonly summary: string
  /** Paragraphs, separated by an empty line. */
  readonly text: string
  /** What is typed, and what it does. */
  readonly examples: readonly (readonly [string, string])[]
}

/** Describes a command. */
export function withHelp(command: Command, { summary, text, examples }: Help): Command {
  const column = Math.max(...examples.map(([typed]) => typed.length))
  const lines = examples.map(([typed, effect]) => `  ${typed.padEnd(column)}  ${effect}`)
  return command
    .summary(summary)
    .description(paragraphs(text))
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

// Lines of a paragraph are joined: what prints them wraps them to the width of the terminal.
function paragraphs(text: string): string {
  return text.replaceAll(/(?<!\n)\n(?!\n)/g, ' ')
}
