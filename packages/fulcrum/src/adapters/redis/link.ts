import type { Clock, Timer } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type Growth, growingPause } from '../../kernel/growing-pause.ts'
import type { Random } from '../../kernel/random.ts'
import { clientOptions, type CreateClient, type RedisClient, type Reply } from './client.ts'

const PAUSE_MS: Growth = { first: 25, longest: 1_000 }
/** So many operations without an answer, and none with one in between: the server hangs. */
const MOST_UNANSWERED = 3
/** More than this in flight means that the server does not keep up; the database answers the rest. */
const MOST_IN_FLIGHT = 10_000

export interface LinkParts {
  readonly create: CreateClient
  readonly url: string
  readonly label: string
  /** Milliseconds that one operation may take. */
  readonly timeout: number
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
  /** Called with each new connection, before it serves. What it rejects with ends the connection. */
  readonly greet: (client: RedisClient) => Promise<void>
  /** The connection is gone. */
  readonly lost?: () => void
}

/**
 * One connection to Redis, which may come and go.
 *
 * away → connecting → ready → away when the connection ends or several operations in a row are not answered in time; connecting again after a pause
 * that grows with jitter; closed from any of them. Only a ready link takes operations: what is asked of another one fails at once, and so does
 * what is not answered in time, so nobody ever waits longer than `timeout`. That is the circuit breaker: a half-open one is a connection being made.
 */
export class Link {
  readonly #parts: LinkParts
  #client: RedisClient | undefined
  #isClosed = false
  #failures = 0
  #unanswered = 0
  #inFlight = 0
  #problem = 'it has not been reached yet'
  #timer: Timer | undefined

  constructor(parts: LinkParts) {
    this.#parts = parts
  }

  get isReady(): boolean {
    return this.#client !== undefined
  }

  /** Resolves after the first attempt, whatever became of it. */
  async start(): Promise<void> {
    await this.#connect()
  }

  /** @throws FUL-3002 when the server is away, does not answer in time, or has an objection. */
  run(args: readonly (string | Buffer)[]): Promise<Reply> {
    const client = this.#client
    if (client === undefined) return Promise.reject(this.#away(this.#problem))
    if (this.#inFlight >= MOST_IN_FLIGHT)
      return Promise.reject(this.#away('too many operations are in flight'))
    return this.#bounded(client, client.sendCommand(args) as Promise<Reply>)
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#drop('it was closed')
  }

  #bounded(client: RedisClient, sent: Promise<Reply>): Promise<Reply> {
    const { clock, timeout } = this.#parts
    this.#inFlight += 1
    return new Promise((resolve, reject) => {
      const alarm = clock.alarm(clock.coarse() + timeout, () => {
        reject(this.#away(`it did not answer within ${timeout} ms`))
        this.#silent(client)
      })
      sent.then(
        (reply) => {
          this.#answered(alarm)
          resolve(reply)
        },
        (error: unknown) => {
          this.#answered(alarm)
          reject(this.#away(reasonOf(error), error))
        },
      )
    })
  }

  #answered(alarm: Timer): void {
    alarm.cancel()
    this.#inFlight -= 1
    this.#unanswered = 0
  }

  #silent(client: RedisClient): void {
    this.#unanswered += 1
    if (client === this.#client && this.#unanswered >= MOST_UNANSWERED)
      this.#lost(client, `it did not answer ${MOST_UNANSWERED} operations in a row`)
  }

  async #connect(): Promise<void> {
    const { create, url, greet, clock } = this.#parts
    const client = create(clientOptions(url))
    client.on('error', (error) => this.#lost(client, reasonOf(error)))
    client.on('end', () => this.#lost(client, 'the connection has ended'))
    // A server that accepts and then hangs must not hold up the next attempt for ever.
    const limit = clock.timer(CONNECT_MS, () => client.destroy(), { ref: false })
    try {
      await client.connect()
      await greet(client)
      if (this.#isClosed) return client.destroy()
      this.#ready(client)
    } catch (error) {
      destroy(client)
      this.#failed(reasonOf(error))
    } finally {
      limit.cancel()
    }
  }

  #ready(client: RedisClient): void {
    this.#client = client
    if (this.#failures > 0) this.#parts.log(`Redis (${this.#parts.label}) is back`)
    this.#failures = 0
    this.#unanswered = 0
    this.#inFlight = 0
  }

  #lost(client: RedisClient, reason: string): void {
    if (this.#client !== client) return
    this.#drop(reason)
    this.#parts.lost?.()
    this.#failed(reason)
  }

  #drop(reason: string): void {
    const client = this.#client
    this.#client = undefined
    this.#problem = reason
    if (client !== undefined) destroy(client)
  }

  #failed(reason: string): void {
    if (this.#isClosed) return
    const { clock, random, log, label } = this.#parts
    if (this.#failures === 0) log(`Redis (${label}) is away, and the database answers instead: ${reason}`)
    this.#problem = reason
    const pause = growingPause(this.#failures, PAUSE_MS, random)
    this.#failures += 1
    this.#timer = clock.timer(pause, () => void this.#connect(), { ref: false })
  }

  #away(reason: string, cause?: unknown): Error {
    return fulcrumError('FUL-3002', { dependency: `Redis (${this.#parts.label})`, reason }, { cause })
  }
}

const CONNECT_MS = 3_000

function destroy(client: RedisClient): void {
  try {
    client.destroy()
  } catch {
    // It was never connected.
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error)
}
