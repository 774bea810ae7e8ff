import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Order, Told } from './instance-main.ts'
import type { Lane } from './orders.ts'

const program = fileURLToPath(new URL('instance-main.ts', import.meta.url))
/** Orders that one instance is at, at once. */
const AT_ONCE = 4
const AGAIN_MS = 50

/**
 * Instances that carry out orders, and are killed meanwhile. What an instance had not said to be done when it was killed is given to another one: it may have been
 * done all the same, which is the point.
 */
export class Fleet {
  readonly #url: string
  /** Lanes none of whose orders is under way. */
  readonly #free: Order[][]
  readonly #instances = new Set<ChildProcess>()
  /** By instance, and by the order that it is at. */
  readonly #under = new Map<ChildProcess, Map<number, Order[]>>()
  readonly #over = Promise.withResolvers<void>()
  #left: number
  #isClosing = false
  kills = 0
  /** Orders that were given to somebody again. */
  repeated = 0

  constructor(url: string, lanes: readonly Lane[]) {
    this.#url = url
    this.#free = lanes.map((lane) => [...lane])
    this.#left = lanes.reduce((sum, { length }) => sum + length, 0)
  }

  /** Resolves when every order is done. */
  get over(): Promise<void> {
    return this.#over.promise
  }

  get left(): number {
    return this.#left
  }

  start(): void {
    const instance = fork(program, [this.#url], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#instances.add(instance)
    instance.on('message', (told: Told) => this.#told(instance, told))
    instance.on('exit', () => this.#ended(instance))
  }

  /** Kills one that is there; another one takes its place. */
  kill(random: number): void {
    const all = [...this.#instances]
    const instance = all[Math.floor(random * all.length)]
    if (instance === undefined) return
    this.kills += 1
    instance.kill('SIGKILL')
  }

  async close(): Promise<void> {
    this.#isClosing = true
    const ends = [...this.#instances].map((instance) => once(instance, 'exit'))
    for (const instance of this.#instances) instance.kill('SIGKILL')
    await Promise.all(ends)
  }

  #told(instance: ChildProcess, { isReady, done, failed }: Told): void {
    if (isReady === true) this.#under.set(instance, new Map())
    if (failed !== undefined) this.repeated += 1
    const lane = this.#taken(instance, done ?? failed)
    if (lane !== undefined && done !== undefined) {
      lane.shift()
      this.#left -= 1
    }
    if (lane !== undefined && lane.length > 0) this.#free.push(lane)
    if (this.#left === 0) this.#over.resolve()
    if (failed === undefined) this.#feed()
    else setTimeout(() => this.#feed(), AGAIN_MS)
  }

  /** The lane whose order an instance is done with. */
  #taken(instance: ChildProcess, id = -1): Order[] | undefined {
    const under = this.#under.get(instance)
    const lane = under?.get(id)
    under?.delete(id)
    return lane
  }

  #ended(instance: ChildProcess): void {
    const under = this.#under.get(instance)
    this.#instances.delete(instance)
    this.#under.delete(instance)
    this.repeated += under?.size ?? 0
    this.#free.push(...(under?.values() ?? []))
    if (this.#isClosing) return
    this.start()
    this.#feed()
  }

  #feed(): void {
    for (const [instance, under] of this.#under) {
      while (instance.connected && under.size < AT_ONCE) {
        const lane = this.#free.shift()
        const order = lane?.[0]
        if (lane === undefined || order === undefined) return
        under.set(order.id, lane)
        // Whoever is killed meanwhile is noticed by its exit.
        instance.send(order, () => {})
      }
    }
  }
}
