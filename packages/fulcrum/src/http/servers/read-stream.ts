import type { Readable } from 'node:stream'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { formatSize } from '../../kernel/size.ts'

/**
 * How much of a body that is too large is read on and thrown away. A client that is cut off while it still sends sees a broken connection
 * instead of the answer; one that sends without end has to be cut off.
 */
const LINGER = 8 * 1024 * 1024

/** Reads a stream to its end. More than `limit` bytes: `BodyTooLarge`. Closed before its end: `Aborted`. */
export function readStream(
  stream: Readable,
  limit: number,
  declared: number | undefined,
): Promise<Uint8Array> {
  if (declared !== undefined && declared > limit + LINGER) return Promise.reject(bodyTooLarge(limit))
  if (stream.destroyed) return Promise.reject(fulcrumError('FUL-2010', {}))
  return new Promise((resolve, reject) => new StreamReader(stream, limit, resolve, reject))
}

export function bodyTooLarge(limit: number): Error {
  return fulcrumError('FUL-2005', { limit: formatSize(limit) })
}

/** `reading` → `lingering` beyond the limit → `settled` at the end, when it lingers too long, or when the stream closes. */
class StreamReader {
  readonly #stream: Readable
  readonly #limit: number
  readonly #resolve: (bytes: Uint8Array) => void
  readonly #reject: (error: unknown) => void
  readonly #chunks: Buffer[] = []
  #length = 0

  // eslint-disable-next-line max-params -- the two ends of a promise
  constructor(
    stream: Readable,
    limit: number,
    resolve: (bytes: Uint8Array) => void,
    reject: (error: unknown) => void,
  ) {
    this.#stream = stream
    this.#limit = limit
    this.#resolve = resolve
    this.#reject = reject
    stream.on('data', this.#onData)
    stream.on('end', this.#onEnd)
    stream.on('error', this.#onClose)
    stream.on('close', this.#onClose)
  }

  readonly #onData = (chunk: Buffer | string): void => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    this.#length += bytes.length
    if (this.#length <= this.#limit) this.#chunks.push(bytes)
    else this.#chunks.length = 0
    if (this.#length > this.#limit + LINGER) this.#fail(bodyTooLarge(this.#limit))
  }

  readonly #onEnd = (): void => {
    if (this.#length > this.#limit) return this.#fail(bodyTooLarge(this.#limit))
    this.#letGo()
    const [only] = this.#chunks
    this.#resolve(this.#chunks.length === 1 ? (only as Buffer) : Buffer.concat(this.#chunks, this.#length))
  }

  readonly #onClose = (): void => this.#fail(fulcrumError('FUL-2010', {}))

  #fail(error: Error): void {
    this.#letGo()
    this.#stream.on('error', ignore)
    this.#reject(error)
  }

  #letGo(): void {
    this.#stream.off('data', this.#onData)
    this.#stream.off('end', this.#onEnd)
    this.#stream.off('error', this.#onClose)
    this.#stream.off('close', this.#onClose)
  }
}

/** The outcome is settled; a late error of the stream has nobody else to tell. */
function ignore(): void {}
