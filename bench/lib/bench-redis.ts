import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../packages/fulcrum/src/adapters/embedded-postgres/ports.ts'
import { createRealRandom } from '../../packages/fulcrum/src/kernel/random-real.ts'
import { accepts } from '../../test/support/accepts.ts'
import { pinnedProgram } from './pinned.ts'

/** A Redis of its own for one benchmark, in memory only, on the core of servers. */
export class BenchRedis implements AsyncDisposable {
  readonly url: string
  readonly #process: ChildProcess

  private constructor(port: number, process: ChildProcess) {
    this.url = `redis://127.0.0.1:${port}`
    this.#process = process
  }

  static async start(): Promise<BenchRedis> {
    const port = await freePort(createRealRandom())
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const [command, ...rest] = pinnedProgram('server', 'redis-server', ...options)
    const process = spawn(command, rest, { stdio: 'ignore' })
    await Promise.race([accepting(port), failing(process)])
    return new BenchRedis(port, process)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exit
  }
}

async function accepting(port: number): Promise<void> {
  while (!(await accepts(port))) await pause(20)
}

async function failing(process: ChildProcess): Promise<never> {
  const [reason] = (await Promise.race([once(process, 'error'), once(process, 'exit')])) as [unknown]
  throw new Error('redis-server did not start; Debian has it in the package redis-server', { cause: reason })
}
