import { describe, expect, test } from 'vitest'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { postgres } from './source.ts'

const url = 'postgres://app:s3cret@db.example:6432/shop'

function refusalOf(options: object): string {
  try {
    postgres(options)
  } catch (error) {
    if (isFulcrumError(error)) return error.message
    throw error
  }
  return 'accepted'
}

describe('capabilities', () => {
  test('are known before anything is connected', () => {
    expect(postgres({ url }).capabilities).toEqual({
      name: 'PostgreSQL',
      replicas: false,
      outbox: true,
      queue: true,
      steps: true,
      pipelining: true,
      positions: true,
      changeStream: true,
    })
    expect(postgres({ url, replicas: [url], pipelined: 0 }).capabilities).toMatchObject({
      replicas: true,
      pipelining: false,
    })
    expect(postgres({ url, replicas: () => {} }).capabilities.replicas).toBe(true)
    expect(postgres({ url, changeStream: false }).capabilities.changeStream).toBe(false)
  })

  test("the application's own pool is not joined by pipelined connections unless that is asked for", () => {
    const pool = { connect: async () => ({}), options: {} }
    expect(postgres({ pool }).capabilities.pipelining).toBe(false)
    expect(postgres({ pool, pipelined: 1 }).capabilities.pipelining).toBe(true)
  })
})

test.each([
  [
    {},
    "FUL-1013 postgres.url is not set. Allowed: a URL such as 'postgres://user:password@host:5432/database', or `pool`.",
  ],
  [
    { url, replica: url },
    'FUL-1001 postgres.replica is not a field. Did you mean "replicas"? Allowed: url, replicas, pool',
  ],
  [{ url, pool: {} }, 'FUL-1004 postgres.pool is given, which contradicts postgres.url'],
  [{ url: 5 }, 'FUL-1002 postgres.url is a number.'],
  [{ url: '' }, 'FUL-1002 postgres.url is empty.'],
  [{ url: 'mysql://app:s3cret@db/shop' }, 'FUL-1002 postgres.url is a URL of the kind mysql://.'],
  [{ url: 'postgres://app:s3cret@one,two/shop' }, 'FUL-1002 postgres.url is a URL of several hosts'],
  [{ url: 'postgres://app:s3cret@one:1,two:2/shop' }, 'FUL-1002 postgres.url is a URL of several hosts'],
  [{ url: 'postgres:///shop?host=one,two' }, 'FUL-1002 postgres.url is a URL of several hosts'],
  [{ url: 'postgres:///shop' }, 'FUL-1002 postgres.url is a URL without a host.'],
  [{ url: 'postgres://app:s3cret/#@db/shop' }, 'FUL-1002 postgres.url is not a URL (special characters'],
  [{ url, replicas: url }, 'FUL-1002 postgres.replicas is a string.'],
  [{ url, replicas: [url, 'here'] }, 'FUL-1002 postgres.replicas.1 is not a URL'],
  [{ url, max: 0 }, 'FUL-1002 postgres.max is 0. Allowed: a whole number from 1.'],
  [{ url, max: '5' }, 'FUL-1002 postgres.max is "5".'],
  [{ url, pipelined: -1 }, 'FUL-1002 postgres.pipelined is -1. Allowed: a whole number from 0.'],
  [{ url, poll: '25' }, 'FUL-1002 postgres.poll is "25". Allowed: a duration with a unit'],
  [{ url, poll: '1m' }, "FUL-1002 postgres.poll is \"1m\". Allowed: from '1ms' to '10s'."],
  [{ url, changeStream: 'no' }, 'FUL-1002 postgres.changeStream is "no". Allowed: true or false.'],
  [{ url, applicationName: 'ö' }, 'FUL-1002 postgres.applicationName is "ö".'],
  [{ pool: 5 }, "FUL-1002 postgres.pool is 5. Allowed: a pg.Pool, or pg's connection options."],
  [{ pool: { host: 'a', pipeline: true } }, 'FUL-1002 postgres.pool.pipeline is given.'],
])('%j is refused', (options, message) => {
  const refusal = refusalOf(options)
  expect(refusal).toContain(message)
  expect(refusal).not.toContain('s3cret')
})

test.each([
  { url },
  { url: 'postgresql:///shop?host=/var/run/postgresql' },
  { pool: { host: 'db.example', user: 'app', password: () => 's3cret', ssl: { ca: '…' } } },
  { url, replicas: [url], max: 1, pipelined: 0, poll: '1ms', applicationName: 'shop' },
])('%j is accepted', (options) => {
  expect(refusalOf(options)).toBe('accepted')
})
