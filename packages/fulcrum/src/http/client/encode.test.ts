import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import { routeOf } from '../../declare/define.ts'
import type { HttpRoute } from '../../declare/http-route.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { query } from '../../declare/query.ts'
import { compileInput } from '../gateway/decode/input.ts'
import { readHead } from '../gateway/head.ts'
import type { WireRequest } from '../gateway/wire.ts'
import { compileEncode, type EncodedInput } from './encode.ts'

const encodeOf = (operation: AnyOperation): ((input: unknown) => EncodedInput) => {
  const route = routeOf(operation) as HttpRoute
  return compileEncode({ name: operation.name, route })
}

/** What the server's own decoder makes of an encoded input. */
function decoded(operation: AnyOperation, { target, body }: EncodedInput): unknown {
  const route = routeOf(operation) as HttpRoute
  const [path = '', search = ''] = target.split('?')
  const segments = path.split('/')
  const params = route.path
    .split('/')
    .flatMap((segment, index) =>
      segment.startsWith(':') ? [[segment.slice(1), decodeURIComponent(segments[index] ?? '')]] : [],
    )
  const rawHeaders = body === undefined ? [] : ['content-type', 'application/json']
  const wire: WireRequest = {
    method: route.method,
    path,
    query: search,
    rawHeaders,
    raw: undefined,
    header: () => undefined,
    body: () => (body === undefined ? undefined : new TextEncoder().encode(body)),
    stream: () => {
      throw new Error('nobody asks for it')
    },
    watch: () => {},
    unwatch: () => {},
  }
  const decoder = compileInput({ operation, route, bodyLimit: 1e6 })
  return decoder.decode(wire, readHead(rawHeaders), Object.fromEntries(params) as Record<string, string>)
}

const text = fc.string({ unit: 'grapheme' })
const segment = text.filter((each) => each !== '' && each !== '.' && each !== '..')
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))

const shape = {
  id: z.string(),
  version: z.int(),
  text: z.string().optional(),
  number: z.number().optional(),
  flag: z.boolean().optional(),
  list: z.array(z.string()).optional(),
  numbers: z.array(z.number()).optional(),
}
const members = {
  id: segment,
  version: fc.maxSafeInteger().map((value) => (value === 0 ? 0 : value)),
  text,
  number,
  flag: fc.boolean(),
  list: fc.array(text, { minLength: 1, maxLength: 4 }),
  numbers: fc.array(number, { minLength: 1, maxLength: 4 }),
}
const flat = fc.record(members, { requiredKeys: ['id', 'version'] })

describe('an encoded input', () => {
  it('is what the server decodes, from path and query string', () => {
    const search = query('a.search', { input: z.object(shape), http: 'GET /things/:id/versions/:version' })
    fc.assert(
      fc.property(flat, (input) => {
        expect(decoded(search, encodeOf(search)(input))).toEqual(input)
      }),
    )
  })

  it('is what the server decodes, from path and body', () => {
    const input = z.object({ ...shape, nested: z.object({ deep: z.array(z.any()) }).optional() })
    const change = command('a.change', {
      input,
      http: 'PATCH /things/:id/versions/:version',
      contract: { idempotency: 'none' },
    })
    const withNested = fc.record(
      { ...members, nested: fc.record({ deep: fc.array(fc.jsonValue()) }) },
      { requiredKeys: ['id', 'version'] },
    )
    fc.assert(
      fc.property(withNested, (value) => {
        const sent = JSON.parse(JSON.stringify(value)) as typeof value
        fc.pre(!JSON.stringify(sent).includes('__proto__') && !JSON.stringify(sent).includes('constructor'))
        expect(decoded(change, encodeOf(change)(sent))).toEqual(sent)
      }),
    )
  })

  const create = command('a.create', {
    input: z.object({ name: z.string().optional() }),
    http: 'POST /things',
    contract: { idempotency: 'none' },
  })
  const touch = command('a.touch', {
    input: z.object({ id: z.string(), note: z.string().optional() }),
    http: 'POST /things/:id',
    contract: { idempotency: 'none' },
  })
  const remove = command('a.remove', {
    input: z.object({ id: z.string(), hard: z.boolean().optional() }),
    http: 'DELETE /things/:id',
    contract: { idempotency: 'none' },
  })

  it('is a body of its own where the path names nothing', () => {
    expect(encodeOf(create)({ name: 'x' })).toEqual({ target: '/things', body: '{"name":"x"}' })
    expect(encodeOf(create)({})).toEqual({ target: '/things', body: '{}' })
    expect(encodeOf(create)(undefined)).toEqual({ target: '/things', body: undefined })
  })

  it('has no body where the path takes everything', () => {
    expect(encodeOf(touch)({ id: 'a', note: undefined })).toEqual({ target: '/things/a', body: undefined })
  })

  it('has a query string for DELETE', () => {
    expect(encodeOf(remove)({ id: 'a b', hard: true })).toEqual({
      target: '/things/a%20b?hard=true',
      body: undefined,
    })
  })

  it('says dates as JSON does', () => {
    const since = query('a.since', { input: z.object({ at: z.any() }), http: 'GET /since' })
    expect(encodeOf(since)({ at: new Date(0) }).target).toBe('/since?at=1970-01-01T00%3A00%3A00.000Z')
  })

  it.each([
    ['an empty text', ''],
    ['a step in place', '.'],
    ['a step back', '..'],
    ['nothing', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['an object', {}],
    ['a list', ['a']],
    ['half a surrogate pair', '\ud800'],
  ])('does not exist for %s in the path', (_, id) => {
    expect(() => encodeOf(touch)({ id })).toThrow(
      expect.objectContaining({ code: 'FUL-7501', operation: 'a.touch' }),
    )
  })

  it.each([
    ['null', null],
    ['an empty list', []],
    ['Infinity', Infinity],
    ['an object', { a: 1 }],
    ['a list of objects', [{}]],
    ['half a surrogate pair', '\udc00'],
  ])('does not exist for %s in the query string', (_, hard) => {
    const encode = encodeOf(remove)
    expect(() => encode({ id: 'a', hard })).toThrow(
      expect.objectContaining({ code: 'FUL-7501', field: 'hard' }),
    )
  })

  it.each([
    ['a bigint', { name: 1n }],
    ['NaN', { name: Number.NaN }],
    ['a circle', circle()],
  ])('does not exist for %s in the body', (_, input) => {
    expect(() => encodeOf(create)(input)).toThrow(expect.objectContaining({ code: 'FUL-7501' }))
  })

  it('does not exist for what has no members, where members travel by name', () => {
    expect(() => encodeOf(touch)('a')).toThrow(expect.objectContaining({ code: 'FUL-7501' }))
  })

  it('does not take members from the prototype', () => {
    const input: unknown = Object.create({ id: 'inherited' })
    expect(() => encodeOf(touch)(input)).toThrow(expect.objectContaining({ code: 'FUL-7501', field: 'id' }))
  })
})

function circle(): unknown {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}
