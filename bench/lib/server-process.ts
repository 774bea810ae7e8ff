import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { pinned } from './pinned.ts'

/** A server in a process and on a core of its own, so that contenders share neither a heap nor a just-in-time compiler. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.url = url
    this.#child = child
  }

  /** Starts a program that calls `serving` once it listens. */
  static async start(program: URL, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const [command, ...rest] = pinned('server', fileURLToPath(program))
    const child = spawn(command, rest, {
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]
    if (typeof first !== 'string') throw new Error(`${program.pathname} ended before it listened`)
    return new ServerProcess(first, child)
  }

  /** The processor time that it has used so far, in microseconds, all its threads together. */
  async cpuUsage(): Promise<NodeJS.CpuUsage> {
    const answer = once(this.#child, 'message')
    this.#child.send('cpu')
    const [usage] = (await answer) as [NodeJS.CpuUsage]
    return usage
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exit
  }
}
