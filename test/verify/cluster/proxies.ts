import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Command, Message, Order, Route } from './proxy-protocol.ts'

const MAIN = fileURLToPath(new URL('./proxy-main.ts', import.meta.url))

/** What stands between the instances and the servers. */
export class Proxies implements AsyncDisposable {
  readonly ports: Readonly<Record<Route, number>>
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, () => void>()
  #count = 0

  private constructor(child: ChildProcess, ports: Readonly<Record<Route, number>>) {
    this.#child = child
    this.ports = ports
    child.on('message', (message: Message) => {
      if (!('done' in message)) return
      this.#waiting.get(message.done)?.()
      this.#waiting.delete(message.done)
    })
  }

  static async start(): Promise<Proxies> {
    const child = fork(MAIN)
    const [message] = (await once(child, 'message')) as [Message]
    if (!('ports' in message)) throw new Error('the proxies did not say where they are')
    return new Proxies(child, message.ports)
  }

  async order(order: Order): Promise<void> {
    const id = this.#count++
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.set(id, resolve)
    this.#child.send({ ...order, id } satisfies Command)
    await promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.disconnect()
    await once(this.#child, 'exit')
  }
}
