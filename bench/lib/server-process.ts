import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A server in a process of its own, so that contenders do not share a heap or a just-in-time compiler. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.url = url
    this.#child = child
  }

  /** Starts `bench/servers/<name>.ts`, which prints its address as the first line. */
  static async start(name: string, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const program = fileURLToPath(new URL(`../servers/${name}.ts`, import.meta.url))
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout })
    const [first] = (await Promise.race([once(lines, 'line'), once(child, 'exit')])) as [unknown]
    if (typeof first !== 'string') throw new Error(`bench server ${name} exited before it listened`)
    return new ServerProcess(first, child)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exited
  }
}
