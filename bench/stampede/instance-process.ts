import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Ask, Asked, Told } from './protocol.ts'

const PROGRAM = fileURLToPath(new URL('./instance.ts', import.meta.url))

/** A process of the stampede. */
export class InstanceProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #loads = new Map<string, number>()

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (told: Told) => {
      if (told.kind === 'loading') this.#loads.set(told.key, this.loads(told.key) + 1)
    })
  }

  static async start(contender: string, redisUrl: string): Promise<InstanceProcess> {
    const child = fork(PROGRAM, [contender, redisUrl])
    const instance = new InstanceProcess(child)
    await instance.#told(({ kind }) => kind === 'ready')
    return instance
  }

  /** How often its loader was called for a key. */
  loads(key: string): number {
    return this.#loads.get(key) ?? 0
  }

  /** Its loader has been called for a key, or is. */
  async isLoading(key: string): Promise<void> {
    if (this.loads(key) === 0) await this.#told((told) => told.kind === 'loading' && told.key === key)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async ask(ask: Ask): Promise<Asked> {
    const answer = this.#told((told) => told.kind === 'asked' && told.key === ask.key)
    this.#child.send(ask)
    return (await answer) as Asked
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }

  #told(isIt: (told: Told) => boolean): Promise<Told> {
    const { promise, resolve, reject } = Promise.withResolvers<Told>()
    const ended = (): void => reject(new Error('an instance has ended'))
    const listener = (told: Told): void => {
      if (isIt(told)) resolve(told)
    }
    this.#child.on('message', listener).once('exit', ended)
    return promise.finally(() => this.#child.off('message', listener).off('exit', ended))
  }
}
