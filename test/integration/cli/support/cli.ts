import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../../../support/wait-for.ts'

export const program = fileURLToPath(new URL('../../../../packages/fulcrum/bin/fulcrum.js', import.meta.url))

/** A folder of an application beside these tests. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
}

export interface CliOptions {
  /** The working directory. */
  readonly cwd: string
  /** Changes to the environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Arguments for Node itself. */
  readonly node?: readonly string[]
}

/** How a finished command ended. */
export interface Finished {
  readonly code: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real program to its end. */
export async function cli(args: readonly string[], options: CliOptions): Promise<Finished> {
  const running = startCli(args, options)
  const code = await running.ended
  return { code, stdout: running.stdout, stderr: running.stderr }
}

/** The real program, running. Disposing of it kills it. */
export class RunningCli implements AsyncDisposable {
  stdout = ''
  stderr = ''
  readonly child: ChildProcess
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  }

  /** Both streams, for messages. */
  get output(): string {
    return `${this.stdout}\n${this.stderr}`
  }

  /** Waits for text on either stream and gives what the expression found. */
  async printed(what: RegExp, deadline = 20_000): Promise<RegExpExecArray> {
    try {
      return await waitFor(() => what.exec(this.stdout) ?? what.exec(this.stderr), { deadline })
    } catch (cause) {
      throw new Error(`${String(what)} was not printed:\n${this.output}`, { cause })
    }
  }

  /** The address that it says it serves on. */
  async url(): Promise<string> {
    return (await this.printed(/ serves on (http:\S+)/))[1] as string
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}

export function startCli(args: readonly string[], { cwd, env = {}, node = [] }: CliOptions): RunningCli {
  const clean = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, PORT: undefined, HOST: undefined }
  const child = spawn(process.execPath, [...node, program, ...args], {
    cwd,
    env: { ...clean, DATABASE_URL: undefined, DATABASE_REPLICA_URLS: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new RunningCli(child)
}

/** Whether something answers there. */
export async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  )
}
