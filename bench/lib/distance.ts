import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { parentPort, Worker, workerData } from 'node:worker_threads'

/** A server behind a network that takes its time. */
export interface Distant extends AsyncDisposable {
  readonly url: string
}

/** Puts a distance in front of a server: a round trip takes `ms` longer. It has a thread of its own, so that contenders do not share one with it. */
export async function atDistance(url: string, ms: number): Promise<Distant> {
  const near = new URL(url)
  const worker = new Worker(new URL(import.meta.url), { workerData: { port: Number(near.port), ms } })
  const [port] = (await once(worker, 'message')) as [number]
  const far = new URL(url)
  far.port = String(port)
  return { url: String(far), [Symbol.asyncDispose]: async () => void (await worker.terminate()) }
}

/** Delays what goes to the server; what comes back is passed on at once. */
async function stand({ port, ms }: { readonly port: number; readonly ms: number }): Promise<number> {
  const server = createServer({ noDelay: true }, (client) => {
    const beyond = connect({ port, host: '127.0.0.1', noDelay: true })
    client.on('data', (chunk) => setTimeout(() => beyond.write(chunk), ms))
    beyond.on('data', (chunk) => client.write(chunk))
    endTogether(client, beyond)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function endTogether(...sockets: readonly Socket[]): void {
  const end = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  for (const socket of sockets) socket.on('error', end).on('close', end)
}

if (parentPort !== null) parentPort.postMessage(await stand(workerData as Parameters<typeof stand>[0]), [])
