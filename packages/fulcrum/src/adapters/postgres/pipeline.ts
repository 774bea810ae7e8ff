import type { Deadline } from '../../kernel/deadline.ts'
import type { CallFacts } from '../../ports/store.ts'
import type { Connection } from './connection.ts'
import { isConnectionFailure, QUERY_CANCELED, sqlState } from './failure.ts'
import { Lane, type LaneParts } from './lane.ts'
import { whyOver } from './over.ts'
import type { Pool } from './pool.ts'
import { MOST_REPEATS, type Read, type ReadHome } from './read.ts'
import { mayRunAgain, type Statement } from './statement.ts'

export interface PipelineParts extends Omit<LaneParts, 'move'> {
  readonly label: string
  readonly size: number
  /** Connections of their own, for reads that cannot share. */
  readonly pool: Pool
  readonly acquire: (call: CallFacts) => Promise<Connection>
}

/**
 * The shared connections of one node. Each read goes to the one with the least in flight. All of them are reads, on read-only connections, so a
 * read that is in somebody's way, or was hit by a cancellation that was meant for somebody else, is sent again.
 */
export class Pipeline implements ReadHome {
  readonly label: string
  readonly #lanes: readonly Lane[]
  readonly #pool: Pool
  readonly #acquire: PipelineParts['acquire']

  constructor({ size, pool, acquire, label, ...parts }: PipelineParts) {
    this.label = label
    this.#pool = pool
    this.#acquire = acquire
    const move = (reads: readonly Read[]): void => reads.forEach((read) => this.#again(read))
    this.#lanes = Array.from({ length: size }, () => new Lane({ ...parts, move }))
  }

  /** A read can be sent right now. */
  get isOpen(): boolean {
    return this.#lanes.some(({ connection }) => connection !== undefined)
  }

  get connections(): Connection[] {
    return this.#lanes.flatMap(({ connection }) => connection ?? [])
  }

  /** Exchanges in flight. */
  get load(): number {
    return this.#lanes.reduce((sum, { connection }) => sum + (connection?.load ?? 0), 0)
  }

  /** Opens all connections that are not. */
  async open(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.open()))
  }

  /** Resolves when at least one connection is open. */
  async ready(deadline: Deadline): Promise<void> {
    if (this.isOpen) return
    const { promise, reject } = Promise.withResolvers<never>()
    const watch = deadline.onExpire(reject)
    try {
      await Promise.race([promise, firstOf(this.#lanes.map((lane) => lane.open()))])
    } finally {
      watch.cancel()
    }
  }

  submit(read: Read): void {
    read.home = this
    const connection = this.#leastLoaded()
    if (connection === undefined) void this.#alone(read)
    else read.sendOn(connection)
  }

  tryAgain(read: Read, error: unknown, statement: Statement): boolean {
    const { connection } = statement
    if (connection === undefined || read.isAlone || read.call.deadline.expired()) return false
    if (sqlState(error) === QUERY_CANCELED && !connection.mayHaveBeenHit(statement)) void this.#alone(read)
    else if (mayRepeat(error, statement.isWritten)) this.#again(read)
    else return false
    return true
  }

  /** Replaces connections that belong to a server that has been replaced. */
  renew(isOutdated: (connection: Connection) => boolean): void {
    for (const lane of this.#lanes)
      if (lane.connection !== undefined && isOutdated(lane.connection)) lane.replace().catch(ignore)
  }

  /** Resolves when nothing is in flight. */
  async drained(): Promise<void> {
    await Promise.all(this.connections.map(quiet))
  }

  /** Cuts what is still in flight. */
  async close(): Promise<void> {
    for (const connection of this.connections)
      if (connection.load > 0) connection.destroy('The store is closed')
    await Promise.all(this.#lanes.map((lane) => lane.close()))
  }

  #leastLoaded(): Connection | undefined {
    let best: Lane | undefined
    let least = Infinity
    for (const lane of this.#lanes) {
      const { load } = lane
      if (load < least) [best, least] = [lane, load]
      else if (lane.connection === undefined && lane.mayOpen) lane.open().catch(ignore)
    }
    return best?.connection
  }

  #again(read: Read): void {
    read.repeats++
    if (read.repeats > MOST_REPEATS) void this.#alone(read)
    else this.submit(read)
  }

  async #alone(read: Read): Promise<void> {
    read.isAlone = true
    try {
      const connection = await this.#acquire(read.call)
      read.sendOn(connection, this.#pool.beforeRead)
      this.#pool.release(connection)
    } catch (error) {
      // It was begun once, so it is late rather than refused.
      read.refuse(whyOver(read.call.deadline) ?? error)
    }
  }
}

/** The read was not to blame: somebody else was to be cancelled, or it was never sent, or it was in the way of something. */
function mayRepeat(error: unknown, wasWritten: boolean): boolean {
  if (isConnectionFailure(error)) return !wasWritten
  return sqlState(error) === QUERY_CANCELED || mayRunAgain(error)
}

/** As `Promise.any`, but fails with the first reason instead of all of them. */
async function firstOf(attempts: readonly Promise<void>[]): Promise<void> {
  try {
    await Promise.any(attempts)
  } catch (error) {
    throw (error as AggregateError).errors[0] as Error
  }
}

function quiet(connection: Connection): Promise<void> {
  return new Promise((resolve) => connection.whenQuiet(resolve))
}

function ignore(): void {}
