import type { Clock } from '../../../kernel/clock.ts'
import type { Deadline } from '../../../kernel/deadline.ts'
import { fulcrumError, isFulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { type Growth, growingPause } from '../../../kernel/growing-pause.ts'
import type { ChangeListener, ChangeStream, FollowedTable } from '../../../ports/change-stream.ts'
import { reasonOf } from '../failure.ts'
import { type OpenParts, type OpenSession, openSession } from './open-session.ts'
import { FollowedTables } from './publications.ts'
import { isRefusal } from './refusals.ts'

const PAUSE_MS: Growth = { first: 100, longest: 5_000 }

export type StreamParts = Omit<OpenParts, 'tables' | 'listener'>

/**
 * Follows changes by logical decoding: one temporary slot and one publication per table.
 *
 * idle → beginning → following → (gap) → beginning → …, until closed. A lost connection, a slot that the server gave up, a new timeline and a
 * message that cannot be read are all the same: a gap, and a new beginning after a pause that grows with the failures. Nothing is taken up where
 * it was left, because the slot went with its connection: what this is for, caches of one instance, can forget at any time, and the server keeps
 * no log for instances that are gone.
 */
export class PostgresChangeStream implements ChangeStream {
  readonly #parts: StreamParts
  readonly #tables: FollowedTables
  readonly #closing = new AbortController()
  #running: Promise<void> | undefined
  #open: OpenSession | undefined
  #failures = 0
  #problem: unknown

  constructor(tables: readonly FollowedTable[], parts: StreamParts) {
    this.#tables = new FollowedTables(tables)
    this.#parts = parts
  }

  async start(listener: ChangeListener, deadline: Deadline): Promise<void> {
    if (this.#running !== undefined || this.#isClosed)
      throw fulcrumError('FUL-3012', { part: 'the change stream', reason: 'it was started before' })
    const begun = Promise.withResolvers<void>()
    const watch = deadline.onExpire(() => begun.reject(this.#late()))
    this.#running = this.#run(listener, begun)
    try {
      await begun.promise
    } catch (error) {
      await this.close()
      throw error
    } finally {
      watch.cancel()
    }
  }

  touch(): void {
    this.#open?.session.touch()
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The change stream is closed'))
    this.#open?.session.over(this.#closing.signal.reason)
    await this.#running
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  async #run(listener: ChangeListener, begun: PromiseWithResolvers<void>): Promise<void> {
    for (let former: string | undefined; !this.#isClosed;) {
      const open = await this.#begin(listener, former, begun)
      if (open !== undefined) {
        begun.resolve()
        former = open.slot
        const reason = await this.#follow(open)
        if (!this.#isClosed) this.#interrupted(listener, reason)
        await open.connection.end()
      }
      await this.#pause()
    }
  }

  async #begin(
    listener: ChangeListener,
    former: string | undefined,
    begun: PromiseWithResolvers<void>,
  ): Promise<OpenSession | undefined> {
    const { signal } = this.#closing
    const parts = { ...this.#parts, log: this.#log, tables: this.#tables, listener }
    try {
      return await openSession(parts, { signal, failures: this.#failures, former })
    } catch (error) {
      if (isRefusal(error)) begun.reject(error)
      this.#failed(error)
      return undefined
    }
  }

  async #follow(open: OpenSession): Promise<unknown> {
    if (this.#problem !== undefined) this.#log('follows changes again')
    this.#problem = undefined
    this.#failures = 0
    this.#open = open
    const reason = await open.session.ended
    this.#open = undefined
    return reason
  }

  #interrupted(listener: ChangeListener, reason: unknown): void {
    this.#failed(reason)
    listener.gap(textOf(reason))
  }

  /** Says so, but not for each attempt that fails in the same way. */
  #failed(reason: unknown): void {
    if (this.#isClosed) return
    if (this.#problem === undefined || textOf(reason) !== textOf(this.#problem))
      this.#log(`does not follow changes: ${textOf(reason)}`)
    this.#problem = reason
    this.#failures++
  }

  readonly #log = (line: string): void => {
    const { log, connector } = this.#parts
    log(`The change stream of PostgreSQL ${connector.node.label} ${line}`)
  }

  async #pause(): Promise<void> {
    const { clock, random } = this.#parts
    const ms = growingPause(Math.max(0, this.#failures - 1), PAUSE_MS, random)
    await pause(clock, ms, this.#closing.signal)
  }

  #late(): unknown {
    if (isFulcrumError(this.#problem)) return this.#problem
    const { label } = this.#parts.connector.node
    const why = this.#problem === undefined ? '' : `: ${reasonOf(this.#problem)}`
    const params = {
      dependency: `PostgreSQL ${label}`,
      reason: `the change stream has not begun in time${why}`,
    }
    return fulcrumError('FUL-3002', params, { cause: this.#problem })
  }
}

function textOf(reason: unknown): string {
  return isFulcrumError(reason) ? reason.message : reasonOf(reason)
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => {})
}
