import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Account } from '../../../packages/fulcrum/src/adapters/embedded-postgres/account.ts'

/** Where programs of PostgreSQL are, and how they are run. */
export interface Programs {
  /** The directory that they are in. */
  readonly bin: string
  /** Who runs them; `undefined`: whoever runs the tests. */
  readonly account: Account | undefined
  /** Their working directory. */
  readonly home: string
}

/** Runs one program to its end. @throws Error with its own words when it fails. */
export async function runProgram(
  { bin, account, home }: Programs,
  name: string,
  { args, env = {} }: { readonly args: readonly string[]; readonly env?: Record<string, string> },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  // PG… variables of the shell that runs the tests would change what the programs do.
  const child = spawn(join(bin, name), args, { cwd: home, env: { LC_ALL: 'C.UTF-8', ...env }, ...account })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  child.once('error', reject)
  child.once('close', resolve)
  const code = await promise
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${said.trim()}`)
}

export interface ServerPlace {
  /** Its data directory is named like it, below the home of the programs. */
  readonly name: string
  readonly port: number
}

// Durability is given up for speed: a crash of the machine ends the tests anyway. Everything else is as Debian has it.
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'full_page_writes=off',
  'wal_level=logical',
  'wal_retrieve_retry_interval=200ms',
]

/** One server, run by pg_ctl as an administrator would. down → start() → running → stop() → down. */
export class DebianServer {
  readonly port: number
  readonly directory: string
  readonly #programs: Programs
  readonly #log: string
  #isRunning = false

  constructor(programs: Programs, { name, port }: ServerPlace) {
    this.port = port
    this.directory = join(programs.home, name)
    this.#programs = programs
    this.#log = `${this.directory}.log`
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const settings = [`port=${this.port}`, ...SETTINGS].map((setting) => `-c ${setting}`).join(' ')
    await this.#control('start', `--log=${this.#log}`, `--options=${settings}`)
    this.#isRunning = true
  }

  /** Ends its sessions and stops it. `immediate`: without a checkpoint, so that it recovers when it starts again. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    if (!this.#isRunning) return
    this.#isRunning = false
    await this.#control('stop', `--mode=${mode}`)
  }

  async #control(command: 'start' | 'stop', ...options: readonly string[]): Promise<void> {
    const args = [command, `--pgdata=${this.directory}`, '--wait', '--timeout=30', ...options]
    await runProgram(this.#programs, 'pg_ctl', { args })
  }
}
