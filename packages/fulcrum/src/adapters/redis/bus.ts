import type { Timer } from '../../kernel/clock.ts'
import type { BusListener } from '../../ports/shared-cache.ts'
import type { RedisClient } from './client.ts'
import { Link, type LinkParts } from './link.ts'
import { type News, parseNews } from './news.ts'

/** How long news may stop before anybody notices. */
const BEAT_MS = 1_000

/**
 * News between instances, over a connection of its own: a subscriber cannot do anything else, and news must not wait behind entries.
 *
 * News are not kept for those who are away. So each time the connection was, or could not be made at first, its listener is told of a gap as soon as
 * it is subscribed again. A connection on which nothing comes may be a dead one: it is asked for a sign of life every second.
 */
export class Bus {
  readonly #parts: Omit<LinkParts, 'greet'>
  readonly #link: Link
  readonly #channel: string
  #listener: BusListener | undefined
  #isFirstAttempt = true
  #beat: Timer | undefined
  #isClosed = false

  constructor(parts: Omit<LinkParts, 'greet'>, channel: string) {
    this.#parts = parts
    this.#channel = channel
    this.#link = new Link({ ...parts, greet: (client) => this.#subscribe(client) })
  }

  listen(listener: BusListener): void {
    this.#listener = listener
  }

  /** @throws FUL-1012 when the server refuses it. */
  async start(): Promise<void> {
    await this.#link.start()
    this.#isFirstAttempt = false
    this.#rest()
  }

  close(): void {
    this.#isClosed = true
    this.#beat?.cancel()
    this.#link.close()
  }

  #rest(): void {
    if (this.#isClosed) return
    const beat = (): void => void this.#link.beat().then(() => this.#rest())
    this.#beat = this.#parts.clock.timer(BEAT_MS, beat, { ref: false })
  }

  async #subscribe(client: RedisClient): Promise<void> {
    await client.subscribe(this.#channel, (bytes) => this.#hear(bytes), true)
    if (!this.#isFirstAttempt) this.#gap()
  }

  #hear(bytes: Buffer): void {
    const news = parseNews(bytes)
    if (news === undefined) this.#parts.counters.damaged += 1
    else for (const message of news) this.#tell(message)
  }

  #tell(message: News): void {
    if (message.kind === 'gap') this.#gap()
    else this.#listener?.message(message)
  }

  #gap(): void {
    this.#parts.counters.gaps += 1
    this.#listener?.gap()
  }
}
