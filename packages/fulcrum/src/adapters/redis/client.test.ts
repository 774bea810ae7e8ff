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

it.each([
  ['node.example', 'node.example'],
  ['::1', '::1'],
])('reaches a node at %s with what the URL says besides', async (host, reached) => {
  const createClient = await loadCreateClient()
  const client = createClient(clientOptions('rediss://app:s%2Fcret@seed.example/1', { host, port: 7001 }))
  expect(client).toMatchObject({
    options: {
      username: 'app',
      password: 's/cret',
      database: 1,
      socket: { host: reached, port: 7001, tls: true },
    },
  })
})
