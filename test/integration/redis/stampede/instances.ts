import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../../../support/wait-for.ts'
import type { Ask, Asked, Told } from './protocol.ts'

const PROGRAM = fileURLToPath(new URL('./instance.ts', import.meta.url))

/** An application in a process of its own. */
export class Instance implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #told: Told[] = []

  constructor(redisUrl: string) {
    this.#child = fork(PROGRAM, { env: { ...process.env, REDIS_URL: redisUrl } })
    this.#child.on('message', (told) => this.#told.push(told as Told))
  }

  async ready(): Promise<void> {
    await waitFor(() => this.#told.some(({ kind }) => kind === 'ready'), { deadline: 30_000 })
  }

  /** Asks, and waits for all answers. */
  async ask(ask: Ask): Promise<Asked> {
    this.#child.send(ask)
    const answer = (): Asked | undefined =>
      this.#told.find((told): told is Asked => told.kind === 'asked' && told.key === ask.key)
    await waitFor(() => answer() !== undefined, { deadline: 30_000, what: `${ask.key} is answered` })
    return answer() as Asked
  }

  /** Asks, and does not wait. */
  begin(ask: Ask): void {
    this.#child.send(ask)
  }

  /** How often its loader was called for a key. */
  loads(key: string): number {
    return this.#told.filter((told) => told.kind === 'loading' && told.key === key).length
  }

  async kill(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    await this.kill()
  }
}

/** Starts instances, all at once. */
export async function startInstances(count: number, redisUrl: string): Promise<readonly Instance[]> {
  const instances = Array.from({ length: count }, () => new Instance(redisUrl))
  await Promise.all(instances.map((instance) => instance.ready()))
  return instances
}
