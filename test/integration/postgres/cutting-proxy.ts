import { once } from 'node:events'
import { type AddressInfo, createServer, connect, type Server, type Socket } from 'node:net'
import { CommitSpotter } from '../../support/commit-spotter.ts'

/** Where the exchange of one COMMIT is cut. */
export interface Cut {
  /** `request`: so many bytes from its first message on reach the server. `answer`: all of it does, and so many bytes of the answer come back. */
  readonly side: 'request' | 'answer'
  readonly bytes: number
  /** `cut`: both ends see the connection go. `silence`: nobody sees anything any more. */
  readonly how: 'cut' | 'silence'
}

/** How long the exchange was that was let through whole. */
export interface ExchangeLength {
  readonly request: number
  /** With so many bytes of it the server commits. */
  readonly decisive: number
  readonly answer: number
}

/** Stands between a store and a server on the loopback interface; cuts the next COMMIT exchange where it is told to. */
export class CuttingProxy implements AsyncDisposable {
  readonly url: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #cut: Cut | undefined
  /** Bytes of the last COMMIT exchange. */
  length: ExchangeLength = { request: 0, decisive: 0, answer: 0 }
  /** Called when the cut is made. */
  onCut: () => void = () => {}
  /** `false`: new connections are refused. */
  isOpen = true

  private constructor(server: Server, target: URL) {
    this.#server = server
    const url = new URL(target)
    url.port = String((server.address() as AddressInfo).port)
    this.url = url.href
    server.on('connection', (client) => {
      if (this.isOpen) this.#join(client, connect(Number(target.port), target.hostname))
      else client.destroy()
    })
  }

  static async before(url: string): Promise<CuttingProxy> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new CuttingProxy(server, new URL(url))
  }

  /** The next COMMIT exchange is cut there. */
  cutNext(cut: Cut): void {
    this.#cut = cut
  }

  /** Nobody gets through any more, until `isOpen` is set. */
  shut(): void {
    this.isOpen = false
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.shut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket, server: Socket): void {
    const link = new Link(client, server)
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        if (!link.isSilent) link.destroy()
      })
    }
    client.on('data', (chunk) => this.#request(link, chunk))
    server.on('data', (chunk) => this.#answer(link, chunk))
  }

  #request(link: Link, chunk: Buffer): void {
    if (link.isSilent) return
    const commit = link.spotter.spot(chunk)
    link.isCommitting = commit !== undefined
    if (commit === undefined) return void link.server.write(chunk)
    const { start, end } = commit
    this.length = { request: chunk.length - start, decisive: end - start, answer: 0 }
    const cut = this.#cut
    if (cut?.side !== 'request') return void link.server.write(chunk)
    link.server.write(chunk.subarray(0, start + cut.bytes), () => this.#perform(link, cut))
  }

  #answer(link: Link, chunk: Buffer): void {
    if (link.isSilent) return
    const cut = this.#cut
    if (!link.isCommitting) return void link.client.write(chunk)
    const before = this.length.answer
    this.length = { ...this.length, answer: before + chunk.length }
    if (cut?.side !== 'answer' || before + chunk.length < cut.bytes) return void link.client.write(chunk)
    link.client.write(chunk.subarray(0, cut.bytes - before), () => this.#perform(link, cut))
  }

  #perform(link: Link, { how }: Cut): void {
    this.#cut = undefined
    link.isSilent = how === 'silence'
    if (how === 'cut') link.destroy()
    this.onCut()
  }
}

/** One connection through the proxy. */
class Link {
  readonly client: Socket
  readonly server: Socket
  readonly spotter = new CommitSpotter()
  isCommitting = false
  isSilent = false

  constructor(client: Socket, server: Socket) {
    this.client = client
    this.server = server
  }

  destroy(): void {
    this.client.destroy()
    this.server.destroy()
  }
}
