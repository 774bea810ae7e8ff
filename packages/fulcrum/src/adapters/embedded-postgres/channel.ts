import type { Socket } from 'node:net'

const LONGEST_LINE = 64 * 1024

/**
 * Messages over a socket, one line of JSON each. Messages that arrive before somebody listens wait. A line that is too long or not
 * JSON ends the connection: the other end is not what it should be.
 */
export class Channel<Incoming, Outgoing> {
  readonly #socket: Socket
  /** Resolves when the connection has ended, for whatever reason. */
  readonly closed: Promise<void>
  #rest = ''
  #waiting: Incoming[] = []
  #listener: ((message: Incoming) => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => this.#read(String(chunk)))
    socket.on('close', () => resolve())
    // Always followed by `close`, which is all that anybody needs to know.
    socket.on('error', () => {})
  }

  /** Directs messages to `listener` from now on, those that have been waiting first. */
  listen(listener: (message: Incoming) => void): void {
    this.#listener = listener
    const waiting = this.#waiting
    this.#waiting = []
    for (const message of waiting) listener(message)
  }

  /** The next message; `undefined` when the connection ends first. Not together with `listen`. */
  async next(): Promise<Incoming | undefined> {
    const { promise, resolve } = Promise.withResolvers<Incoming | undefined>()
    const first = this.#waiting.shift()
    if (first !== undefined) return first
    this.#listener = (message) => {
      this.#listener = undefined
      resolve(message)
    }
    void this.closed.then(() => resolve(undefined))
    return promise
  }

  send(message: Outgoing): void {
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(message)}\n`)
  }

  /** Sends what has been written and ends the connection; resolves when it has ended. */
  async end(): Promise<void> {
    this.#socket.ref()
    this.#socket.end()
    await this.closed
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  /** Lets the process end although the connection is open. */
  unref(): void {
    this.#socket.unref()
  }

  #read(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > LONGEST_LINE) this.destroy()
    for (const line of lines) this.#deliver(line)
  }

  #deliver(line: string): void {
    const message = parse(line) as Incoming | undefined
    if (message === undefined) return this.destroy()
    if (this.#listener === undefined) this.#waiting.push(message)
    else this.#listener(message)
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
