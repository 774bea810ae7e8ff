import { createServer } from 'node:net'
import type { Random } from '../../kernel/random.ts'

// Below the range from which Linux takes the ports of outgoing connections (32768 and up), so that a port that was free when it was
// chosen is still free when its server restarts.
const LOWEST = 20_000
const HIGHEST = 32_000
const ATTEMPTS = 50

/** A port of the loopback interface on which nobody listens. */
export async function freePort(random: Random): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + random.int(HIGHEST - LOWEST)
    if (await isFree(port)) return port
  }
  return anyFreePort()
}

export async function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  )
}

async function anyFreePort(): Promise<number> {
  return listenOnce(0)
}

async function listenOnce(port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.once('error', reject)
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
    const { port: found } = server.address() as { port: number }
    server.close(() => resolve(found))
  })
  return promise
}
