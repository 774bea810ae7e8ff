import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Answer, READY, type Request, type Settings } from '../instance/protocol.ts'

const MAIN = fileURLToPath(new URL('../instance/main.ts', import.meta.url))
const USE_PACKAGE = new URL('../instance/use-package.mjs', import.meta.url).href

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export interface InstanceOptions extends Settings {
  /** Where the package is that it loads. */
  readonly package: string
  readonly log: (line: string) => void
}

/** An instance of the application in a process of its own. down → start() → running → kill() or stop() → down. */
export class Instance {
  readonly name: string
  readonly #options: InstanceOptions
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>()
  #child: Child | undefined
  #count = 0
  #pending = ''

  constructor(options: InstanceOptions) {
    this.name = options.name
    this.#options = options
  }

  get hasReplicas(): boolean {
    return this.#options.replicas.length > 0
  }

  get isUp(): boolean {
    return this.#child !== undefined
  }

  async start(): Promise<void> {
    const { package: folder, log, ...settings } = this.#options
    const child = spawn(process.execPath, ['--import', USE_PACKAGE, MAIN], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, VERIFY: JSON.stringify(settings), VERIFY_PACKAGE: folder },
    })
    child.stdin.on('error', () => {})
    createInterface({ input: child.stderr }).on('line', log)
    const ready = Promise.withResolvers<void>()
    createInterface({ input: child.stdout }).on('line', (line) =>
      line === READY ? ready.resolve() : this.#answered(JSON.parse(line) as Answer),
    )
    child.once('exit', (code, signal) => {
      ready.reject(new Error(`${this.name} ended (${signal ?? code})`))
      if (this.#child === child) this.#child = undefined
      for (const resolve of this.#waiting.values()) resolve(undefined)
      this.#waiting.clear()
    })
    await ready.promise
    this.#child = child
  }

  /** `undefined` when the instance ended before it answered. */
  ask(request: Omit<Request, 'i'>): Promise<Answer | undefined> {
    if (this.#child === undefined) return Promise.resolve(undefined)
    const i = this.#count++
    if (this.#pending === '') setImmediate(this.#flush)
    this.#pending += `${JSON.stringify({ i, ...request })}\n`
    return new Promise((resolve) => void this.#waiting.set(i, resolve))
  }

  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#child = undefined
    child.kill('SIGCONT')
    child.stdin.end()
    await once(child, 'exit')
  }

  #answered(answer: Answer): void {
    this.#waiting.get(answer.i)?.(answer)
    this.#waiting.delete(answer.i)
  }

  readonly #flush = (): void => {
    this.#child?.stdin.write(this.#pending)
    this.#pending = ''
  }
}
