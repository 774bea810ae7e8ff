import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * Stands between a client and a server on the loopback interface, and does to their connections what networks do: delays, cuts, and silence in
 * which each side takes the other one to be there still (a half-open connection).
 */
export class FaultProxy implements AsyncDisposable {
  readonly port: number
  readonly #server: Server
  readonly #links = new Set<Link>()
  /** Milliseconds that bytes take, each way. */
  latency = 0
  /** New connections: `join` the server, meet `silence`, or are ended at once (`refuse`). */
  welcome: 'join' | 'silence' | 'refuse' = 'join'
  /** Connections that were made, welcome or not. */
  connections = 0

  private constructor(server: Server, target: number) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (client) => this.#meet(client, target))
  }

  /** Before a port of the loopback interface. */
  static async before(port: number): Promise<FaultProxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new FaultProxy(server, port)
  }

  /** Ends all connections, as seen by both sides. */
  cut(): void {
    for (const link of this.#links) link.end()
  }

  /** Nothing gets through any more on the present connections, and nobody is told. */
  silence(): void {
    for (const link of this.#links) link.isSilent = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.welcome = 'refuse'
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #meet(client: Socket, target: number): void {
    this.connections += 1
    client.on('error', () => {})
    if (this.welcome === 'refuse') return void client.destroy()
    const link = new Link(client, connect(target, '127.0.0.1'), this)
    link.isSilent = this.welcome === 'silence'
    this.#links.add(link)
    client.once('close', () => this.#links.delete(link))
  }
}

/** One connection through the proxy. */
class Link {
  readonly #sockets: readonly [Socket, Socket]
  isSilent = false

  constructor(client: Socket, server: Socket, proxy: { readonly latency: number }) {
    this.#sockets = [client, server]
    for (const socket of this.#sockets) socket.setNoDelay(true).on('error', () => {})
    this.#pass(client, server, proxy)
    this.#pass(server, client, proxy)
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #pass(from: Socket, to: Socket, proxy: { readonly latency: number }): void {
    from.on('data', (chunk) => {
      const forward = (): void => {
        if (!this.isSilent && !to.destroyed) to.write(chunk)
      }
      if (proxy.latency === 0) forward()
      else setTimeout(forward, proxy.latency)
    })
    from.on('close', () => {
      if (!this.isSilent) this.end()
    })
  }
}
