import { connect, type Socket } from 'node:net'

/** A bare TCP connection: what it says is not what an HTTP client would say. */
export class RawSocket implements Disposable {
  readonly #socket: Socket
  #received = ''
  #closed = false

  constructor(url: string) {
    const { hostname, port } = new URL(url)
    this.#socket = connect(Number(port), hostname)
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (text: string) => (this.#received += text))
    this.#socket.on('close', () => (this.#closed = true))
    this.#socket.on('error', () => {})
  }

  /** Text as bytes: code points up to 255. */
  write(text: string): this {
    this.#socket.write(text, 'latin1')
    return this
  }

  get received(): string {
    return this.#received
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Statuses of the responses so far. */
  get statuses(): number[] {
    return Array.from(this.#received.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status))
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}
