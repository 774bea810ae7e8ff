import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accepts } from '../../support/accepts.ts'
import { freePort } from '../../support/free-port.ts'
import { folderOf } from '../../support/system-program.ts'
import { waitFor } from '../../support/wait-for.ts'

/** A NATS server with JetStream, which can be killed and started again on its port with what it has kept. */
export class NatsServer implements AsyncDisposable {
  readonly url: string
  readonly #port: number
  readonly #folder: string
  readonly #program: string
  #process: ChildProcess | undefined

  private constructor(port: number, folder: string, program: string) {
    this.url = `nats://127.0.0.1:${port}`
    this.#port = port
    this.#folder = folder
    this.#program = program
  }

  static async start(): Promise<NatsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'fulcrum-nats-'))
    const program = join(await folderOf('nats-server'), 'nats-server')
    const server = new NatsServer(await freePort(), folder, program)
    await server.start()
    return server
  }

  async start(): Promise<void> {
    const args = [
      '--addr',
      '127.0.0.1',
      '--port',
      String(this.#port),
      '--jetstream',
      '--store_dir',
      this.#folder,
    ]
    this.#process = spawn(this.#program, args, { stdio: 'ignore' })
    await waitFor(() => accepts(this.#port), { what: 'NATS accepts connections' })
  }

  async kill(): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined || running.exitCode !== null) return
    const exit = once(running, 'exit')
    running.kill('SIGKILL')
    await exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
