import type { Clock, Timer } from '../../../kernel/clock.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { Connector } from '../connector.ts'
import type { Driver, TextResult, Wire, WireClient, WireConfig } from '../driver.ts'
import type { Identity } from '../identity.ts'
import { CopyBoth, type CopyReceiver } from './copy-both.ts'

/** How long the server may take to accept the connection, and to answer what is answered at once. */
const ANSWER_MS = 10_000
/** How long it may take to end. */
const END_MS = 2_000

/** The suffix of the application name. `synchronous_standby_names` must not match the whole. */
export const SUFFIX = ' changes'

export interface ReplicationParts {
  readonly driver: Driver
  readonly clock: Clock
  /** Checks that the server is the primary of the cluster that is meant. */
  readonly connector: Pick<Connector, 'identify' | 'node'>
  readonly config: WireConfig
  readonly applicationName: string
}

/** The side of pg's connection that carries a replication stream. */
export interface ReplicationWire extends Wire {
  sendCopyFromChunk(chunk: Buffer): void
}

/**
 * A connection in replication mode (manual, section 53.4): takes replication commands and plain SQL, one at a time, until the stream is begun.
 *
 * commanding → streaming → lost. Told to the receiver is what arrives while streaming, and the end, once.
 */
export class ReplicationConnection {
  readonly identity: Identity
  readonly #client: WireClient
  readonly #parts: ReplicationParts
  #end: unknown
  #ended: ((reason: unknown) => void) | undefined

  private constructor(client: WireClient, identity: Identity, parts: ReplicationParts) {
    this.#client = client
    this.identity = identity
    this.#parts = parts
    client.on('error', this.#lost)
    client.on('end', this.#lost)
  }

  /**
   * @throws what the network or the server says; FUL-3002 when it does not answer in time; FUL-4001, FUL-4002 or FUL-4005 when it is not the
   * server that is meant; the reason of the signal.
   */
  static async open(parts: ReplicationParts, signal: AbortSignal): Promise<ReplicationConnection> {
    const { driver, config, applicationName, connector } = parts
    const client = new driver.Client({
      ...config,
      application_name: `${applicationName}${SUFFIX}`,
      replication: 'database',
      keepAlive: true,
    })
    // Without a listener an error that comes late would end the process.
    client.on('error', ignore)
    try {
      return await within({ client, parts, signal, ms: ANSWER_MS }, async () => {
        await client.connect()
        return new ReplicationConnection(client, await connector.identify(client), parts)
      })
    } catch (error) {
      client.connection?.stream.destroy()
      throw error
    }
  }

  get isLost(): boolean {
    return this.#end !== undefined
  }

  /** One command, or several of SQL. @throws what the server says; FUL-3002 when it does not answer within `ms`. */
  run(text: string, signal: AbortSignal, ms: number = ANSWER_MS): Promise<TextResult> {
    const { connection } = this.#client
    if (connection === undefined) throw new TypeError('The native client cannot be used')
    return within({ client: this.#client, parts: this.#parts, signal, ms }, async () => {
      const answer = await this.#client.query(text)
      return Array.isArray(answer) ? (answer.at(-1) as TextResult) : answer
    })
  }

  /** Begins the stream. */
  stream(command: string, receiver: CopyReceiver): void {
    this.#ended = (reason) => receiver.over(reason)
    const copy = new CopyBoth(command, { received: (chunk) => receiver.received(chunk), over: this.#lost })
    this.#client.query(copy)
    if (this.#end !== undefined) this.#tell(this.#end)
  }

  send(chunk: Buffer): void {
    if (!this.isLost) (this.#client.connection as ReplicationWire).sendCopyFromChunk(chunk)
  }

  /** Ends the session in an orderly way; with it, its temporary slot is gone. Never rejects. */
  async end(): Promise<void> {
    this.#ended = undefined
    if (this.isLost) return this.destroy('it has ended')
    const timer = this.#parts.clock.timer(END_MS, () => this.destroy('it did not end in time'))
    await this.#client.end().catch(ignore)
    timer.cancel()
  }

  /** Cuts the connection. */
  destroy(reason: string): void {
    this.#client.connection?.stream.destroy(new Error(reason))
  }

  readonly #lost = (reason?: unknown): void => {
    if (this.#end !== undefined) return
    this.#end = reason ?? new Error('The connection has ended')
    this.#tell(this.#end)
  }

  #tell(reason: unknown): void {
    const ended = this.#ended
    this.#ended = undefined
    ended?.(reason)
  }
}

interface Limits {
  readonly client: WireClient
  readonly parts: ReplicationParts
  readonly signal: AbortSignal
  readonly ms: number
}

/** What takes too long is cut off. */
async function within<T>({ client, parts, signal, ms }: Limits, work: () => Promise<T>): Promise<T> {
  const cut = (error: unknown): void => void client.connection?.stream.destroy(error as Error)
  const onAbort = (): void => cut(signal.reason)
  const timer: Timer = parts.clock.timer(ms, () => cut(silent(parts, ms)))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    return await work()
  } catch (error) {
    throw signal.aborted ? (signal.reason as Error) : error
  } finally {
    timer.cancel()
    signal.removeEventListener('abort', onAbort)
  }
}

function silent({ connector }: ReplicationParts, ms: number): Error {
  const reason = `it did not answer within ${ms} ms`
  return fulcrumError('FUL-3002', { dependency: `PostgreSQL ${connector.node.label}`, reason })
}

function ignore(): void {}
