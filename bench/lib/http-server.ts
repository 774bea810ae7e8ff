import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const autocannon = fileURLToPath(new URL('../../node_modules/autocannon/autocannon.js', import.meta.url))

export interface ServerOptions {
  /** Its module, which sends its port to its parent once it listens. */
  readonly module: URL
  readonly env?: Readonly<Record<string, string>>
}

/** A server in a process of its own, on another core than what loads it. */
export class BenchServer implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #url: string

  private constructor(child: ChildProcess, url: string) {
    this.#process = child
    this.#url = url
  }

  static async start({ module, env }: ServerOptions): Promise<BenchServer> {
    const [command, ...args] = pinned(0, [process.execPath, fileURLToPath(module)])
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production', ...env },
    })
    const [port] = (await Promise.race([once(child, 'message'), exited(child)])) as [number]
    return new BenchServer(child, `http://127.0.0.1:${port}`)
  }

  /** Requests per second that it answers on `connections` connections for `seconds`. Any answer other than a success is an error. */
  async load(path: string, { connections = 64, seconds = 2 } = {}): Promise<number> {
    const args = [
      '--json',
      '--connections',
      String(connections),
      '--duration',
      String(seconds),
      `${this.#url}${path}`,
    ]
    const [command, ...rest] = pinned(1, [process.execPath, autocannon, ...args])
    const { stdout } = await promisify(execFile)(command, rest, { maxBuffer: 2 ** 26 })
    const { requests, duration, non2xx, errors } = JSON.parse(stdout) as Figures
    if (non2xx + errors > 0) throw new Error(`${non2xx} answers were no success, ${errors} requests failed`)
    return requests.total / duration
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return
    const exit = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    await exit
  }
}

interface Figures {
  readonly requests: { readonly total: number }
  readonly duration: number
  readonly non2xx: number
  readonly errors: number
}

async function exited(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`the server ended with ${code} before it listened`)
}

const hasTaskset = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

/** The command on one core, where the machine lets one choose. */
function pinned(core: number, command: readonly string[]): [string, ...string[]] {
  const whole = hasTaskset ? ['taskset', '-c', String(core), ...command] : command
  return whole as [string, ...string[]]
}
