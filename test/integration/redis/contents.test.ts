import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { EPOCH, fillOf, keyOf, type OpenedCache, openHealthy } from './open-cache.ts'
import { RedisServer } from './redis-server.ts'

describe('what is in Redis', () => {
  let server: RedisServer
  let opened: OpenedCache

  beforeAll(async () => {
    server = await RedisServer.start()
    opened = await openHealthy({ url: server.url, timeout: '2s' })
  })

  afterAll(async () => {
    await opened[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  const nameOf = async (pattern: string): Promise<string> => {
    const [name] = (await server.command('KEYS', pattern)) as string[]
    if (name === undefined) throw new Error(`no key like ${pattern}`)
    return name
  }

  it.each([
    ['hash', 'of another type', ['HSET', 'KEY', 'field', 'value']],
    ['text', 'that is no entry', ['SET', 'KEY', 'hello']],
    ['cut', 'that was cut', ['SETRANGE', 'KEY', '22', 'more bytes']],
    ['empty', 'that is empty', ['SET', 'KEY', '']],
  ])('(%s) and %s counts as nothing, and is replaced by a fill', async (id, _what, command) => {
    const { cache } = opened
    for (const key of [keyOf(id, []), keyOf(id, [4])]) {
      const before = cache.counters.damaged
      await cache.fill(EPOCH, key, fillOf())
      const name = await nameOf(`*:e:test.query:${id}`)
      if (command[0] !== 'SETRANGE') await server.command('DEL', name)
      await server.command(...command.map((word) => (word === 'KEY' ? name : word)))
      // MGET takes what is not a string for nothing, and so do we: there is nothing to count.
      const isSilent = command[0] === 'HSET' && key.tags.length > 0
      expect(await cache.get(EPOCH, key)).toEqual({
        body: undefined,
        remaining: 0,
        tombstones: [],
        stamp: 0,
      })
      expect(cache.counters.damaged - before).toBeGreaterThanOrEqual(isSilent ? 0 : 1)
      expect(await cache.fill(EPOCH, key, fillOf())).toBe('stored')
      expect((await cache.get(EPOCH, key)).body).toHaveLength(3)
    }
  })

  it('under the names of tombstones and leases does no harm either', async () => {
    const { cache } = opened
    const key = keyOf('planted', [77])
    await cache.changed(EPOCH, { tags: [77], tombstone: { min: 5, writeId: 6 }, ttl: 60_000 })
    await cache.lease(EPOCH, key, { ttl: 60_000, stamp: 0 })
    await cache.lease(EPOCH, key, { ttl: 60_000, stamp: 0 })
    const names = [await nameOf('*:t2:77'), await nameOf('*:l:*planted'), await nameOf('*:w:*planted')]
    for (const name of names) {
      await server.command('DEL', name)
      await server.command('RPUSH', name, 'x')
    }
    expect(await cache.fill(EPOCH, key, fillOf({ lease: { fence: 1 } }))).toBe('stored')
    expect((await cache.get(EPOCH, key)).tombstones).toEqual([])
    expect(await cache.renew(EPOCH, key, { fence: 1, ttl: 1_000 })).toBe(false)
    await cache.release(EPOCH, key, { fence: 1 })
    await cache.changed(EPOCH, { tags: [77], tombstone: { min: 7, writeId: 8 }, ttl: 60_000 })
    expect((await cache.get(EPOCH, key)).tombstones).toEqual([{ min: 7, writeId: 8 }])
  })

  it('and sent over the channel of news by somebody else is left alone', async () => {
    const { cache } = opened
    const heard: unknown[] = []
    cache.listen({ message: (message) => heard.push(message), gap: () => heard.push('gap') })
    const before = cache.counters.damaged
    const told = { kind: 'filled', id: 'test.last' }
    const unsound = [
      { kind: 'filled' },
      { kind: 'changed', epoch: '', tags: ['1'] },
      { kind: 'toString' },
      7,
      null,
    ]
    for (const text of ['', '{', '{}', 'null', '7', JSON.stringify(unsound), JSON.stringify([told])])
      await server.command('PUBLISH', 'fulcrum:bus', text)
    await waitFor(() => heard.length > 0)
    expect(heard).toEqual([told])
    expect(cache.counters.damaged - before).toBe(5)
  })

  it('may vanish, scripts and all', async () => {
    const { cache } = opened
    const key = keyOf('flushed')
    await cache.fill(EPOCH, key, fillOf())
    await server.command('FLUSHALL')
    await server.command('SCRIPT', 'FLUSH')
    expect((await cache.get(EPOCH, key)).body).toBeUndefined()
    expect(await cache.fill(EPOCH, key, fillOf())).toBe('stored')
  })

  it('is found again after the time that was told, not later', async () => {
    const { cache } = opened
    const key = keyOf('short', [])
    await cache.fill(EPOCH, key, fillOf({ ttl: 5_000 }))
    const asked = performance.now()
    const { remaining } = await cache.get(EPOCH, key)
    const took = performance.now() - asked
    const left = Number(await server.command('PTTL', await nameOf('*test.query:short*')))
    expect(remaining).toBeLessThanOrEqual(5_000)
    // What the question took may have passed since the server looked.
    expect(left).toBeLessThanOrEqual(remaining + took + 1)
    expect(remaining - left).toBeLessThan(1_000)
  })
})
