import type { BusListener, BusMessage } from '../../ports/shared-cache.ts'
import type { RedisClient } from './client.ts'
import { Link, type LinkParts } from './link.ts'

/**
 * News between instances, over a connection of its own: a subscriber cannot do anything else, and news must not wait behind entries. Each time
 * the connection was away, news may have been missed.
 */
export class Bus {
  readonly #link: Link
  readonly #channel: string
  #listener: BusListener | undefined
  #wasConnected = false

  constructor(parts: Omit<LinkParts, 'greet' | 'lost'>, channel: string) {
    this.#channel = channel
    this.#link = new Link({ ...parts, log: () => {}, greet: (client) => this.#subscribe(client) })
  }

  listen(listener: BusListener): void {
    this.#listener = listener
  }

  start(): Promise<void> {
    return this.#link.start()
  }

  close(): void {
    this.#link.close()
  }

  async #subscribe(client: RedisClient): Promise<void> {
    await client.subscribe(this.#channel, (bytes) => this.#hear(bytes), true)
    if (this.#wasConnected) this.#listener?.gap()
    this.#wasConnected = true
  }

  #hear(bytes: Buffer): void {
    const message = parse(bytes)
    if (message !== undefined) this.#listener?.message(message)
  }
}

/** What others may have written to the channel is not believed to have a form. */
function parse(bytes: Buffer): BusMessage | undefined {
  try {
    const message = JSON.parse(bytes.toString()) as BusMessage
    return isSound(message) ? message : undefined
  } catch {
    return undefined
  }
}

function isSound(message: BusMessage): boolean {
  if (typeof message !== 'object' || message === null) return false
  if (message.kind === 'filled') return typeof message.id === 'string'
  if (message.kind === 'bumped')
    return typeof message.operation === 'string' && Number.isSafeInteger(message.version)
  if (message.kind !== 'changed') return false
  const { epoch, tags, tombstone } = message
  const isTombstone = Number.isSafeInteger(tombstone?.min) && Number.isSafeInteger(tombstone.writeId)
  return typeof epoch === 'string' && Array.isArray(tags) && tags.every(Number.isSafeInteger) && isTombstone
}
