import type { Clock } from '../../kernel/clock.ts'

/** What a keeper needs of a server. */
export interface Kept {
  readonly process: { readonly pid: number }
  /** Resolves when the server is gone. */
  readonly exited: Promise<void>
  stop(): Promise<void>
}

export interface KeeperParts<S extends Kept> {
  readonly clock: Clock
  readonly log: (line: string) => void
  /** Called whenever the server is up again, the first time included. */
  readonly onUp?: (server: S) => void
}

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 10_000

/**
 * Keeps one server running: starts it again whenever it dies, with growing pauses as long as that fails.
 *
 * idle → start() → up → (dies) → reviving → up …; any → stop() → stopped. Trade-off: it never gives up, because what keeps a server
 * from starting (a full disk, a taken port) goes away without telling.
 */
export class Keeper<S extends Kept> {
  readonly #name: string
  readonly #begin: (signal: AbortSignal) => Promise<S>
  readonly #parts: KeeperParts<S>
  readonly #stopping = new AbortController()
  #server: S | undefined
  #work: Promise<unknown> = Promise.resolve()

  /** `begin` starts the server or finds it running; its signal aborts when the server is no longer wanted. */
  constructor(name: string, begin: (signal: AbortSignal) => Promise<S>, parts: KeeperParts<S>) {
    this.#name = name
    this.#begin = begin
    this.#parts = parts
  }

  /** Starts the server; rejects, and keeps nothing, when that fails. */
  async start(): Promise<void> {
    this.#work = this.#up()
    await this.#work
  }

  /** Starts the server in the background, however many attempts that takes. */
  startEventually(): void {
    this.#work = this.#revive()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#work.catch(() => {})
    await this.#server?.stop()
    this.#server = undefined
  }

  async #up(): Promise<void> {
    const server = await this.#begin(this.#stopping.signal)
    this.#server = server
    this.#parts.onUp?.(server)
    void server.exited.then(() => this.#lost(server))
  }

  #lost(server: S): void {
    if (this.#stopping.signal.aborted || this.#server !== server) return
    this.#server = undefined
    this.#parts.log(`${this.#name} died (pid ${server.process.pid}); starting it again`)
    this.startEventually()
  }

  async #revive(): Promise<void> {
    for (
      let pause = FIRST_PAUSE;
      !this.#stopping.signal.aborted;
      pause = Math.min(2 * pause, LONGEST_PAUSE)
    ) {
      try {
        return await this.#up()
      } catch (error) {
        if (this.#stopping.signal.aborted) return
        this.#parts.log(`${this.#name} did not start, trying again in ${pause} ms: ${String(error)}`)
        await this.#parts.clock.sleep(pause, this.#stopping.signal).catch(() => {})
      }
    }
  }
}
