import { describe, expect, it, test } from 'vitest'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { checkOptions } from './options.ts'
import { redis } from './source.ts'

const url = 'redis://app:s3cret@cache.example:6380/2'
const client = { duplicate: () => ({}), options: { socket: { host: 'cache.example', port: 6380 } } }

function refusalOf(options: object): string {
  try {
    redis(options)
  } catch (error) {
    if (isFulcrumError(error)) return error.message
    throw error
  }
  return 'accepted'
}

test.each([
  [{}, "FUL-1013 redis.url is not set. Allowed: a URL such as 'redis://localhost:6379'"],
  [{ url: undefined }, 'FUL-1013 redis.url is not set.'],
  [{ url, urls: [url] }, 'FUL-1001 redis.urls is not a field. Did you mean "url"? Allowed: url, client'],
  [{ url, client }, 'FUL-1004 redis.client is given, which contradicts redis.url'],
  [
    { url, cluster: [url] },
    'FUL-1004 redis.cluster is given, which contradicts redis.url: both say where Redis is',
  ],
  [{ client, cluster: [url] }, 'FUL-1004 redis.cluster is given, which contradicts redis.client'],
  [
    { url, nodeAddressMap: {} },
    'FUL-1004 redis.nodeAddressMap is given, which contradicts redis without `cluster`',
  ],
  [
    { cluster: [] },
    "FUL-1002 redis.cluster is empty. Allowed: URLs of nodes, such as ['redis://cache-1.example:7000'",
  ],
  [{ cluster: url }, 'FUL-1002 redis.cluster is a string.'],
  [{ cluster: [url, 7] }, 'FUL-1002 redis.cluster[1] is a number. Allowed: a URL'],
  [
    { cluster: [url, 'redis://app:other@cache.example/2'] },
    'FUL-1002 redis.cluster[1] is a URL that differs',
  ],
  [{ cluster: [url, url.replace('redis', 'rediss')] }, 'FUL-1002 redis.cluster[1] is a URL that differs'],
  [{ cluster: [url], nodeAddressMap: 7 }, 'FUL-1002 redis.nodeAddressMap is 7. Allowed: a function, or'],
  [{ cluster: [url], nodeAddressMap: { 'a:1': 'b:2' } }, "FUL-1002 redis.nodeAddressMap['a:1'] is"],
  [{ client: { ...client, masters: [] } }, 'FUL-1002 redis.client is a client of a cluster.'],
  [{ url: 5 }, 'FUL-1002 redis.url is a number.'],
  [{ url: '' }, 'FUL-1002 redis.url is empty.'],
  [{ url: 'http://app:s3cret@cache.example' }, 'FUL-1002 redis.url is a URL of the kind http://.'],
  [{ url: 'redis://app:s3cret/#@cache' }, 'FUL-1002 redis.url is not a URL (special characters'],
  [{ url: 'redis:///2' }, 'FUL-1002 redis.url is a URL without a host.'],
  [{ client: {} }, 'FUL-1002 redis.client is something else. Allowed: a client made by `createClient`'],
  [{ url, prefix: '{a}' }, 'FUL-1002 redis.prefix is "{a}". Allowed: up to 64 letters'],
  [{ url, prefix: '' }, 'FUL-1002 redis.prefix is "".'],
  [{ url, timeout: '100' }, 'FUL-1002 redis.timeout is "100". Allowed: a duration with a unit'],
  [{ url, timeout: '0ms' }, "FUL-1002 redis.timeout is \"0ms\". Allowed: from '1ms' to '10s'."],
])('%j is refused', (options, message) => {
  const refusal = refusalOf(options)
  expect(refusal).toContain(message)
  expect(refusal).not.toContain('s3cret')
})

describe('accepted options', () => {
  it('have defaults', () => {
    expect(checkOptions({ url })).toEqual({
      server: { kind: 'url', url },
      label: 'cache.example:6380',
      prefix: 'fulcrum',
      timeout: 100,
    })
  })

  it('name the server that a client leads to', () => {
    expect(checkOptions({ client })).toMatchObject({ server: { client }, label: 'cache.example:6380' })
  })

  it('of a cluster are addresses, and what is the same for all', () => {
    const cluster = [
      'rediss://app:s3cret@a.example:7000',
      'rediss://app:s3cret@b.example/',
      'rediss://app:s3cret@[::1]:7002',
    ]
    const { server, label } = checkOptions({ cluster, nodeAddressMap: { 'c:1': { host: 'd', port: 2 } } })
    if (server.kind !== 'cluster') throw new Error('it is not taken for a cluster')
    expect(label).toBe('a.example:7000, b.example:6379, ::1:7002')
    expect(server.seeds[2]).toEqual({ host: '::1', port: 7002 })
    expect(server.reach({ host: 'c', port: 1 })).toEqual({ host: 'd', port: 2 })
    expect(server.reach({ host: 'c', port: 2 })).toEqual({ host: 'c', port: 2 })
    const byFunction = checkOptions({
      cluster,
      nodeAddressMap: (announced) => (announced === 'c:1' ? { host: 'd', port: 2 } : undefined),
    }).server
    if (byFunction.kind !== 'cluster') throw new Error('it is not taken for a cluster')
    expect([1, 2].map((port) => byFunction.reach({ host: 'c', port }).host)).toEqual(['d', 'c'])
  })

  it('make a source that knows what it is before anything is connected', () => {
    const source = redis({ url })
    expect(source).toMatchObject({ kind: 'shared-cache', capabilities: { name: 'Redis' } })
    expect(Object.isFrozen(source)).toBe(true)
  })
})
