import type { AddressInfo } from 'node:net'
import { createProvider } from './server.ts'

/** The provider as a process of its own. Says where it listens; ends with the process that started it. */
const server = createProvider()
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  if (process.send === undefined) console.log(`payment provider on ${url}`)
  else process.send(url)
})
process.on('disconnect', () => process.exit())
