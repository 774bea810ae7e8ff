import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '../support/wait-for.ts'

export interface Ended {
  readonly code: number | null
  /** Standard output and error, as they came. */
  readonly output: string
}

export interface ShellOptions {
  /** Where it keeps the directory between commands. */
  readonly scratch: string
  readonly env: NodeJS.ProcessEnv
}

/** Runs commands with bash, as a reader would type them into one terminal: `cd` lasts. */
export class Shell {
  readonly #directoryFile: string
  readonly #env: NodeJS.ProcessEnv

  constructor({ scratch, env }: ShellOptions) {
    this.#directoryFile = join(scratch, 'directory')
    this.#env = env
  }

  /** Runs a command to its end; returns also the directory in which it ended. */
  async run(
    command: string,
    directory: string,
    timeout: number,
  ): Promise<Ended & { readonly directory: string }> {
    const script = `trap 'pwd > "$DIRECTORY_FILE"' EXIT\n${command}`
    const running = new Running(script, directory, { ...this.#env, DIRECTORY_FILE: this.#directoryFile })
    const ended = await running.ended(timeout)
    return { ...ended, directory: readFileSync(this.#directoryFile, 'utf8').trim() }
  }

  start(command: string, directory: string): Running {
    return new Running(command, directory, this.#env)
  }
}

/** A command in a process group of its own. */
export class Running {
  readonly #child: ChildProcess
  readonly #command: string
  #output = ''
  #code: number | null | undefined

  constructor(script: string, directory: string, env: NodeJS.ProcessEnv) {
    this.#command = script
    this.#child = spawn('bash', ['-c', `exec 2>&1\n${script}`], { cwd: directory, env, detached: true })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    this.#child.once('close', (code) => (this.#code = code))
    this.#child.once('error', (error) => (this.#output += String(error)))
  }

  get output(): string {
    return this.#output
  }

  get isOver(): boolean {
    return this.#code !== undefined
  }

  async ended(timeout: number): Promise<Ended> {
    try {
      await waitFor(() => this.isOver, { deadline: timeout })
    } catch {
      this.#signal('SIGKILL')
      throw new Error(`not over after ${timeout} ms: ${this.#command}\n${this.#output}`)
    }
    return { code: this.#code ?? null, output: this.#output }
  }

  /** What Ctrl-C does; resolves with what was printed from then on. */
  async interrupt(timeout: number): Promise<Ended> {
    const before = this.#output.length
    this.#signal('SIGINT')
    const { code, output } = await this.ended(timeout)
    return { code, output: output.slice(before) }
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined || this.isOver) return
    try {
      process.kill(-pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
