import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { NatsClient } from './client.ts'
import type { Settled } from './options.ts'
import { subjects } from './subjects.ts'

/** What can be done once there is a connection. */
export interface Connected {
  readonly streams: JetStreamManager
  readonly events: JetStreamClient
}

const RECONNECT_MS = 250
/** The broker answers within this, or is away. */
const ANSWER_MS = 2_000
/** How far back the broker itself knows repetitions. */
const DUPLICATES_NS = 120_000_000_000
/** For how long events wait for applications that are away. */
const KEEP_NS = 7 * 24 * 3_600 * 1_000_000_000

/**
 * The connection to a broker: begun with the first use, and mended by the client for as long as it takes. While it is away, whoever needs it is told so.
 */
export class BrokerConnection {
  readonly #client: NatsClient
  readonly #settings: Settled
  #connecting: Promise<NatsConnection> | undefined
  #connected: Promise<Connected> | undefined

  constructor(client: NatsClient, settings: Settled) {
    this.#client = client
    this.#settings = settings
  }

  /** @throws FUL-3002 while the broker cannot be reached. */
  async use<T>(work: (connected: Connected) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#open())
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw fulcrumError('FUL-3002', { dependency: 'NATS', reason }, { cause: error })
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connecting?.catch(() => undefined)
    await connection?.close()
  }

  async #open(): Promise<Connected> {
    const connection = await this.#connection()
    this.#connected ??= this.#prepare(connection).catch((error: unknown) => {
      this.#connected = undefined
      throw error
    })
    return this.#connected
  }

  /** A first attempt that fails is made again by whoever comes next; a connection that was there is mended by the client. */
  #connection(): Promise<NatsConnection> {
    const { servers, application, connection } = this.#settings
    const reconnecting = { maxReconnectAttempts: -1, reconnectTimeWait: RECONNECT_MS }
    const options = { ...connection, ...reconnecting, servers, name: application, timeout: ANSWER_MS }
    this.#connecting ??= this.#client.connect(options).catch((error: unknown) => {
      this.#connecting = undefined
      throw error
    })
    return this.#connecting
  }

  async #prepare(connection: NatsConnection): Promise<Connected> {
    const streams = await this.#client.jetstreamManager(connection, { timeout: ANSWER_MS })
    const { stream: name } = this.#settings
    const found = await streams.streams.info(name).catch(() => undefined)
    if (found === undefined) {
      const config = { name, subjects: subjects(name), duplicate_window: DUPLICATES_NS, max_age: KEEP_NS }
      await streams.streams.add(config)
    }
    return { streams, events: this.#client.jetstream(connection, { timeout: ANSWER_MS }) }
  }
}
