import type { Timer } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { growingPause } from '../../kernel/growing-pause.ts'
import type { Signals } from '../../ports/signals.ts'
import type { AdapterDependencies } from '../../ports/store-source.ts'
import { ask } from './ask.ts'
import type { Connection, ConnectionOwner } from './connection.ts'
import { SIGNALS } from './connector.ts'
import type { PostgresNode } from './node.ts'
import { Script } from './script.ts'
import { LISTEN, NOTIFY, PREPARE } from './sql/signal.ts'

export interface SignalsParts {
  readonly primary: Pick<PostgresNode, 'connector' | 'monitor'>
  readonly dependencies: AdapterDependencies
}

const PAUSE = { first: 100, longest: 10_000 }
const ANSWER_MS = 10_000

/**
 * Signals by NOTIFY and LISTEN, over one connection of their own.
 *
 * unused → connecting with the first use → connected → lost → connecting again after a pause, which grows → …; closed from any. What is sent while it
 * is not connected is not sent: keeping it would make old news of it. It is not sent by the transaction that it tells of, since a NOTIFY takes a lock over
 * the whole server from COMMIT until the disk has it, and commits that tell of events would stand in line.
 */
export class PostgresSignals implements Signals, ConnectionOwner {
  readonly #parts: SignalsParts
  #heard: (() => void) | undefined
  #connection: Connection | undefined
  #opening: Promise<void> | undefined
  #retry: Timer | undefined
  #failures = 0
  #isListening = false
  #isClosed = false

  constructor(parts: SignalsParts) {
    this.#parts = parts
  }

  get isListening(): boolean {
    return this.#isListening
  }

  listen(heard: () => void): void {
    this.#heard = heard
    this.#connect()
  }

  send(): void {
    const connection = this.#connection
    if (connection === undefined) return this.#connect()
    // Whoever is gone is noticed where the connection is watched.
    this.#ask(connection, NOTIFY).catch(ignore)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#isListening = false
    this.#retry?.cancel()
    await this.#opening
    await this.#connection?.end()
  }

  woke(): void {}

  lost(): void {
    this.#connection = undefined
    this.#isListening = false
    this.#later()
  }

  #connect(): void {
    if (this.#isClosed || this.#opening !== undefined || this.#retry !== undefined) return
    this.#opening = this.#open().finally(() => {
      this.#opening = undefined
    })
  }

  async #open(): Promise<void> {
    const { connector, monitor } = this.#parts.primary
    try {
      const connection = await connector.open(SIGNALS, monitor.cancelBackend)
      this.#connection = connection
      connection.attach(this)
      connection.client.on('notification', () => this.#heard?.())
      await this.#ask(connection, this.#heard === undefined ? PREPARE : `${PREPARE};${LISTEN}`)
      this.#failures = 0
      this.#isListening = this.#heard !== undefined && this.#connection === connection
      this.#heard?.()
    } catch {
      this.#connection?.destroy('it cannot be used')
      this.#later()
    }
  }

  /** Anything goes on without it, only later, so nobody is told. */
  #later(): void {
    if (this.#isClosed || this.#retry !== undefined) return
    const { clock, random } = this.#parts.dependencies
    const again = (): void => {
      this.#retry = undefined
      this.#connect()
    }
    this.#retry = clock.timer(growingPause(this.#failures++, PAUSE, random), again, { ref: false })
  }

  async #ask(connection: Connection, text: string): Promise<void> {
    using deadline = Deadline.after(this.#parts.dependencies.clock, ANSWER_MS)
    await ask(connection, new Script(text, deadline))
  }
}

function ignore(): void {}
