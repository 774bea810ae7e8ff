import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What the startup message of a replication connection has. */
const REPLICATION = Buffer.from('replication\0')

/** What happens to what the server sends on a replication connection. */
type Mood = 'pass' | 'hold'

/** Stands between a change stream and its server on the loopback interface. Other connections pass through it untouched. */
export class StreamProxy implements AsyncDisposable {
  readonly url: string
  readonly #server: Server
  readonly #links = new Set<Link>()
  #mood: Mood = 'pass'

  private constructor(server: Server, target: URL) {
    this.#server = server
    const url = new URL(target)
    url.port = String((server.address() as AddressInfo).port)
    this.url = url.href
    server.on('connection', (client) => {
      this.#join(client, connect(Number(target.port), target.hostname))
    })
  }

  static async before(url: string): Promise<StreamProxy> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new StreamProxy(server, new URL(url))
  }

  /** What the stream's server sends is kept back. */
  hold(): void {
    this.#mood = 'hold'
  }

  /** What was kept back is passed on, and so is what comes. */
  release(): void {
    this.#mood = 'pass'
    for (const link of this.#links) link.flush()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket, server: Socket): void {
    const link = new Link(client, server)
    this.#links.add(link)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#links.delete(link)
        link.destroy()
      })
    }
    client.on('data', (chunk) => {
      if (chunk.includes(REPLICATION)) link.isReplication = true
      server.write(chunk)
    })
    server.on('data', (chunk) => this.#answer(link, chunk))
  }

  #answer(link: Link, chunk: Buffer): void {
    const mood = link.isReplication ? this.#mood : 'pass'
    if (mood === 'hold') link.held.push(chunk)
    else link.client.write(chunk)
  }
}

/** One connection through the proxy. */
class Link {
  readonly client: Socket
  readonly server: Socket
  readonly held: Buffer[] = []
  isReplication = false

  constructor(client: Socket, server: Socket) {
    this.client = client
    this.server = server
  }

  flush(): void {
    for (const chunk of this.held.splice(0)) this.client.write(chunk)
  }

  destroy(): void {
    this.client.destroy()
    this.server.destroy()
  }
}
