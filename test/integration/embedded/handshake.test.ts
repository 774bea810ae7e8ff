import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { Channel } from '../../../packages/fulcrum/src/adapters/embedded-postgres/channel.ts'
import {
  handshake,
  type InstanceMessage,
  supervisorAddress,
  type SupervisorMessage,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/protocol.ts'
import { random } from '../../support/parts.ts'

interface Ends extends AsyncDisposable {
  readonly instance: Socket
  readonly supervisor: Socket
}

// Both ends of a connection over an abstract address.
async function connected(secret = random.hex(16)): Promise<Ends> {
  const address = supervisorAddress(secret)
  const accepted = Promise.withResolvers<Socket>()
  const server = createServer((socket) => accepted.resolve(socket))
  await new Promise<void>((resolve) => void server.listen(address, resolve))
  const instance = connect(address)
  const supervisor = await accepted.promise
  return {
    instance,
    supervisor,
    [Symbol.asyncDispose]: async () => {
      instance.destroy()
      supervisor.destroy()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

const instanceEnd = (socket: Socket): Channel<SupervisorMessage, InstanceMessage> => new Channel(socket)
const supervisorEnd = (socket: Socket): Channel<InstanceMessage, SupervisorMessage> => new Channel(socket)

describe('the handshake', () => {
  test('lets both ends know each other', async () => {
    await using ends = await connected()
    const known = await Promise.all([
      handshake(instanceEnd(ends.instance), 'instance', 'secret'),
      handshake(supervisorEnd(ends.supervisor), 'supervisor', 'secret'),
    ])
    expect(known).toEqual([true, true])
  })

  test('tells both ends when their secrets differ', async () => {
    await using ends = await connected()
    const known = await Promise.all([
      handshake(instanceEnd(ends.instance), 'instance', 'secret'),
      handshake(supervisorEnd(ends.supervisor), 'supervisor', 'guess'),
    ])
    expect(known).toEqual([false, false])
  })

  test('is not fooled by its own words sent back', async () => {
    await using ends = await connected()
    ends.instance.on('data', (chunk) => ends.instance.write(chunk))
    expect(await handshake(supervisorEnd(ends.supervisor), 'supervisor', 'secret')).toBe(false)
  })

  test('ends with who asks before proving anything, or leaves', async () => {
    await using ends = await connected()
    ends.instance.write('{"type":"join","database":"app","replicas":0,"fresh":true}\n')
    expect(await handshake(supervisorEnd(ends.supervisor), 'supervisor', 'secret')).toBe(false)
    await using others = await connected()
    others.instance.end()
    expect(await handshake(supervisorEnd(others.supervisor), 'supervisor', 'secret')).toBe(false)
  })
})

describe('a channel', () => {
  test('keeps messages that arrive before somebody listens, and their order', async () => {
    await using ends = await connected()
    const lines = Array.from({ length: 100 }, (_, index) => `{"type":"log","line":"${index}"}\n`)
    ends.supervisor.end(lines.join(''))
    const channel = instanceEnd(ends.instance)
    expect(await channel.next()).toEqual({ type: 'log', line: '0' })
    await channel.closed
    const heard: unknown[] = []
    channel.listen((message) => heard.push(message))
    expect(heard).toEqual(lines.slice(1).map((line): unknown => JSON.parse(line)))
    expect(await channel.next()).toBeUndefined()
  })

  test.each(['not JSON\n', 'x'.repeat(100_000)])('ends with a peer that sends %.10s', async (text) => {
    await using ends = await connected()
    const channel = supervisorEnd(ends.supervisor)
    ends.instance.on('error', () => {})
    ends.instance.write(text)
    await channel.closed
    expect(ends.supervisor.destroyed).toBe(true)
  })
})

test('an address is held by one at a time, tells nothing of the secret and is free again at once', async () => {
  const secret = random.hex(32)
  expect(supervisorAddress(secret)).not.toContain(secret)
  {
    await using first = await connected(secret)
    expect(first.supervisor.destroyed).toBe(false)
    const second = createServer()
    const failure = await new Promise<NodeJS.ErrnoException>((resolve) => {
      second.once('error', resolve)
      second.listen(supervisorAddress(secret))
    })
    expect(failure.code).toBe('EADDRINUSE')
  }
  await using again = await connected(secret)
  expect(again.supervisor.destroyed).toBe(false)
})
