import type { Clock, Timer } from '../../kernel/clock.ts'
import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type Growth, growingPause } from '../../kernel/growing-pause.ts'
import type { Random } from '../../kernel/random.ts'
import { destroy, type OpenClient, type RedisClient } from './client.ts'
import type { Counters } from './counters.ts'
import type { Connection } from './connection.ts'
import { InFlight, type Waiting } from './in-flight.ts'
import { type Decode, Operation, type OperationOwner } from './operation.ts'
import { timeOf } from './reply.ts'
import { ServerClock } from './server-clock.ts'
import { codeOf, isDenied, isDetour, isElsewhere, isUseless, reasonOf } from './server-error.ts'
import { Verdict } from './verdict.ts'
import { within } from './within.ts'

const PAUSE_MS: Growth = { first: 25, longest: 500 }
/** More than this in flight means that the server does not keep up; the database answers the rest. */
const MOST_IN_FLIGHT = 10_000
/** For finding the server; and again for the way there, TLS and the password. */
const CONNECT_MS = 1_000

export interface LinkParts {
  readonly open: OpenClient
  /** For people: `Redis (cache.example:6379)`. */
  readonly name: string
  /** What its absence means. */
  readonly consequence: string
  /** What has to be there, for people. */
  readonly needed: string
  /** Milliseconds that one operation may take. */
  readonly timeout: number
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
  readonly counters: Counters
  /** Called with each new connection, before it serves. What it rejects with ends the connection. */
  readonly greet: (client: RedisClient, time: ServerClock) => Promise<void>
}

/**
 * One connection to Redis, which may come and go, and the circuit breaker before it.
 *
 * away → connecting → ready → away when the connection ends or the verdict on the server is bad (several operations in a row without an answer in
 * time, or many of them); connecting again after a pause that grows with jitter; closed from any of them. Only a ready link takes operations: what
 * is asked of another one fails at once, and so does what is not answered in time, so nobody ever waits longer than `timeout`. An open breaker is
 * a link that is away, and a half-open one a connection that is being greeted: the server has to answer that in time, too, before callers are sent
 * to it. A connection to a server that hangs is given up, since what was sent is of no use any more.
 */
export class Link implements Connection, OperationOwner {
  readonly time: ServerClock
  readonly #parts: LinkParts
  readonly #inFlight: InFlight
  readonly #verdict: Verdict
  #client: RedisClient | undefined
  #isClosed = false
  #failures = 0
  #problem = 'it has not been reached yet'
  #timer: Timer | undefined

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.time = new ServerClock(parts.clock)
    this.#inFlight = new InFlight(parts.clock)
    this.#verdict = new Verdict(parts.clock)
  }

  get isReady(): boolean {
    return this.#client !== undefined
  }

  /**
   * Resolves after the first attempt, also where there is nobody.
   *
   * @throws FUL-1012 when the server is there and refuses what is needed.
   */
  async start(): Promise<void> {
    const denial = await this.#connect()
    if (denial === undefined) return
    this.close()
    throw denial
  }

  run<T>(args: readonly (string | Buffer)[], decode: Decode<T>): Promise<T> {
    const client = this.#client
    if (client === undefined) return this.#turnDown(this.#problem)
    if (this.#inFlight.size >= MOST_IN_FLIGHT) return this.#turnDown('too many operations are in flight')
    if (this.time.isDue) this.#measure(client)
    return this.#ask(client, args, decode)
  }

  /** Asks for a sign of life, and gives the connection up where there is none: for connections on which nothing else is asked. */
  async beat(): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    await this.#ask(client, ['PING'], ignore).catch((error: unknown) => this.#lost(client, reasonOf(error)))
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#drop('it was closed')
  }

  answered(operation: Waiting): void {
    this.#inFlight.remove(operation)
    this.#verdict.succeeded()
  }

  refused(operation: Waiting, error: unknown): Error {
    this.#inFlight.remove(operation)
    const code = codeOf(error)
    if (!isDetour(code)) this.#parts.counters.failed += 1
    if (code === undefined || isUseless(code)) this.#judge(reasonOf(error), isElsewhere(code))
    else this.#verdict.succeeded()
    return this.#unavailable(reasonOf(error), error)
  }

  expired(): Error {
    const reason = `it did not answer within ${this.#parts.timeout} ms`
    this.#parts.counters.timedOut += 1
    this.#judge(reason, false)
    return this.#unavailable(reason)
  }

  #ask<T>(client: RedisClient, args: readonly (string | Buffer)[], decode: Decode<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const dueAt = this.#parts.clock.coarse() + this.#parts.timeout
      const operation = new Operation({ owner: this, decode, dueAt, resolve, reject })
      this.#inFlight.add(operation)
      operation.listen(client.sendCommand(args))
    })
  }

  #measure(client: RedisClient): void {
    const sentAt = this.time.asked()
    this.#ask(client, ['TIME'], (reply) => {
      const time = timeOf(reply)
      if (time !== undefined) this.time.answered(time, sentAt)
    }).catch(ignore)
  }

  #turnDown(reason: string): Promise<never> {
    this.#parts.counters.refused += 1
    return Promise.reject(this.#unavailable(reason))
  }

  /** A server that has been replaced by another one is given up at once: that one is found by connecting again. */
  #judge(reason: string, isReplaced: boolean): void {
    const client = this.#client
    if (client !== undefined && (this.#verdict.failed() || isReplaced)) this.#lost(client, reason)
  }

  /** Returns what the server refuses. */
  async #connect(): Promise<FulcrumError<'FUL-1012'> | undefined> {
    let client: RedisClient | undefined
    try {
      client = await within(this.#parts.clock, CONNECT_MS, Promise.resolve(this.#parts.open()))
      await this.#meet(client)
    } catch (error) {
      destroy(client)
      this.#failed(reasonOf(error))
      return isDenied(error) ? this.#denial(error) : undefined
    }
    if (this.#isClosed) destroy(client)
    else this.#ready(client)
    return undefined
  }

  /** A server that accepts connections and then hangs must not hold up the next attempt. */
  async #meet(client: RedisClient): Promise<void> {
    const { clock, greet, timeout } = this.#parts
    client.on('error', (error) => this.#lost(client, reasonOf(error)))
    client.on('end', () => this.#lost(client, 'the connection has ended'))
    await within(clock, CONNECT_MS, client.connect())
    await within(clock, timeout, greet(client, this.time))
  }

  #ready(client: RedisClient): void {
    this.#client = client
    if (this.#failures > 0) this.#parts.log(`${this.#parts.name} is back`)
    this.#failures = 0
    this.#verdict.reset()
  }

  #lost(client: RedisClient, reason: string): void {
    if (this.#client !== client) return
    this.#parts.counters.lost += 1
    this.#drop(reason)
    this.#failed(reason)
  }

  #drop(reason: string): void {
    const client = this.#client
    this.#client = undefined
    this.#problem = reason
    destroy(client)
  }

  #failed(reason: string): void {
    if (this.#isClosed) return
    const { clock, random, log, name, consequence } = this.#parts
    if (this.#failures === 0) log(`${name} is away, and ${consequence}: ${reason}`)
    this.#problem = reason
    const pause = growingPause(this.#failures, PAUSE_MS, random)
    this.#failures += 1
    this.#timer = clock.timer(pause, () => void this.#connect(), { ref: false })
  }

  #unavailable(reason: string, cause?: unknown): Error {
    return fulcrumError('FUL-3002', { dependency: this.#parts.name, reason }, { cause })
  }

  #denial(error: Error): FulcrumError<'FUL-1012'> {
    const found = `credentials, permissions or an address that ${this.#parts.name} refuses (${reasonOf(error)})`
    return fulcrumError('FUL-1012', { found, field: 'redis', allowed: this.#parts.needed }, { cause: error })
  }
}

function ignore(): void {}
