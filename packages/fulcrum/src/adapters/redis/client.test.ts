import { expect, it } from 'vitest'
import { clientOptions, duplicateOf, loadCreateClient } from './client.ts'

it('reaches what each client was made for, whatever others were made for before', async () => {
  const createClient = await loadCreateClient()
  createClient(clientOptions('rediss://user:secret@other.example:6380/3'))
  const plain = createClient(clientOptions('redis://cache.example:6379'))
  expect(plain).toMatchObject({ options: { socket: { host: 'cache.example', port: 6379, tls: false } } })
  const own = createClient({ socket: { host: 'own.example', port: 7000 } })
  expect(duplicateOf(own as never)).toMatchObject({
    options: { socket: { host: 'own.example', port: 7000 } },
  })
})
