import type { Command } from 'commander'
import type { Environment } from '../app/config.ts'
import type { Terminal } from './terminal.ts'

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly env: Environment
  /** Where relative paths begin. */
  readonly directory: string
  /** Whole stacks and causes of errors. */
  readonly verbose: boolean
}

/** What a command ends with: 0 it did what it says, 1 it was refused or found something wrong, 2 it was called wrongly. */
export type ExitCode = 0 | 1 | 2

/** Adds one command to the program. Its action resolves with the exit code. */
export type AddCommand = (program: Command, context: CommandContext, run: Run) => void

/** Wraps the action of a command, so that its exit code and its errors reach the program. */
export type Run = <Args extends readonly unknown[]>(
  action: (...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>
