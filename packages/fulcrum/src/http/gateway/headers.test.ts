import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration } from '../../kernel/duration.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { requireAcceptsJson } from './accept.ts'
import { budgetOf } from './budget.ts'
import { readHead } from './head.ts'
import { isJson, parseMediaType } from './media-type.ts'
import { instanceOf, RequestIds } from './request-id.ts'
import { parseTraceparent } from '../../kernel/traceparent.ts'

const visible = fc.stringMatching(/^[\x20-\x7e\t]{0,60}$/)

function acceptable(accept: string | undefined): boolean {
  try {
    requireAcceptsJson(accept)
    return true
  } catch (error) {
    if (isFulcrumError(error, 'FUL-2004')) return false
    throw error
  }
}

describe('Accept', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/json;q=0.001',
    'application/*;q=0.5',
    'text/html, application/xhtml+xml, application/xml;q=0.9, image/avif, */*;q=0.8',
    'application/problem+json',
    'APPLICATION/JSON; charset=utf-8',
    '*/*;q=0, application/json',
    'nonsense',
    'text/html;level="1, 2", application/json',
    'application/json;q=2',
  ])('%j admits JSON', (accept) => expect(acceptable(accept)).toBe(true))

  it.each([
    'text/html',
    'application/json;q=0',
    'application/json; Q=0.000, */*',
    'image/*',
    '*/*;q=0',
    'text/*, application/*;q=0',
  ])('%j excludes JSON', (accept) => expect(acceptable(accept)).toBe(false))

  it('is decided for every text, quickly', () => {
    fc.assert(
      fc.property(visible, (text) => void acceptable(text)),
      { numRuns: 1000 },
    )
    const started = performance.now()
    for (const hostile of [
      '"'.repeat(16_000),
      '"\\'.repeat(8_000),
      ';'.repeat(16_000),
      ', '.repeat(8_000),
      'a/b;"'.repeat(3_000),
    ]) {
      acceptable(hostile)
      isJson(hostile)
    }
    expect(performance.now() - started).toBeLessThan(4000)
  })
})

describe('media types', () => {
  it('are read with their parameters', () => {
    expect(parseMediaType(' Text/HTML ; Charset="UTF-8" ; a=b;; c="x\\"y" ')).toEqual({
      essence: 'text/html',
      parameters: new Map([
        ['charset', 'UTF-8'],
        ['a', 'b'],
        ['c', 'x"y'],
      ]),
    })
  })

  it.each([
    '',
    '/',
    'a',
    'a/',
    '/b',
    'a/b c',
    'a/b;=c',
    'a/b;c=',
    'a/b;c=d e',
    'a/b;c="d',
    'a/b;c=1;C=2',
    'a /b',
    'a/b,c/d',
  ])('%j is none', (text) => expect(parseMediaType(text)).toBeUndefined())

  it.each([
    ['application/json', true],
    ['application/json;charset=utf-8', true],
    ['application/json; charset="UTF-8"; x=y', true],
    ['application/merge-patch+json', true],
    ['application/json; charset=latin1', false],
    ['application/json, text/plain', false],
    ['text/json', false],
    ['application/jsonx', false],
    ['text/plain', false],
  ])('%j in a Content-Type: JSON %s', (text, expected) => expect(isJson(text)).toBe(expected))
})

describe('the budget of the caller', () => {
  const budget = (...headers: string[]): number | undefined => budgetOf(readHead(headers))

  it('reads back every duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (ms) => {
        expect(budget('fulcrum-deadline', formatDuration(ms))).toBe(ms)
      }),
    )
  })

  it.each([
    [[], undefined],
    [['fulcrum-deadline', '250ms'], 250],
    [['x-request-timeout', '2'], 2000],
    [['x-request-timeout', '0.25'], 250],
    [['x-request-timeout', '250ms'], 250],
    [['grpc-timeout', '1H'], 3_600_000],
    [['grpc-timeout', '250m'], 250],
    [['grpc-timeout', '500u'], 0.5],
    [['fulcrum-deadline', '1s', 'grpc-timeout', '2S', 'x-request-timeout', '3'], 1000],
    [['fulcrum-deadline', '0ms'], 0],
  ])('of %j is %s ms', (headers, expected) => expect(budget(...headers)).toBe(expected))

  it('is a number of milliseconds or refused, whatever is sent', () => {
    const name = fc.constantFrom('fulcrum-deadline', 'x-request-timeout', 'grpc-timeout')
    const value = fc.oneof(visible, fc.stringMatching(/^[0-9.]{0,10}(ms|s|m|h|d|H|M|S|u|n)?$/))
    fc.assert(
      fc.property(name, value, (header, text) => {
        try {
          expect(budget(header, text)).toBeGreaterThanOrEqual(0)
        } catch (error) {
          expect(isFulcrumError(error, 'FUL-2007')).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('traceparent', () => {
  const trace = '0af7651916cd43dd8448eb211c80319c'
  const span = 'b7ad6b7169203331'

  it('is read with its flags', () => {
    expect(parseTraceparent(`00-${trace}-${span}-01`)).toEqual({
      traceId: trace,
      parentId: span,
      sampled: true,
    })
    expect(parseTraceparent(`00-${trace}-${span}-02`)).toMatchObject({ sampled: false })
  })

  it('of a later version is read as far as it is known', () => {
    expect(parseTraceparent(`cc-${trace}-${span}-01-more`)).toMatchObject({ traceId: trace })
  })

  it.each([
    undefined,
    '',
    `00-${trace}-${span}-01-more`,
    `ff-${trace}-${span}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-${span}-1`,
    ` 00-${trace}-${span}-01`,
    `cc-${trace}-${span}-01more`,
  ])('%j is none', (header) => expect(parseTraceparent(header)).toBeUndefined())
})

describe('request ids', () => {
  const ids = new RequestIds(createSeededRandom('request ids'))

  it('are the caller’s own where they are fit to be echoed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 140 }), (sent) => {
        const id = ids.of(sent)
        expect(id).toMatch(/^[\x21-\x7e]{1,128}$/)
        expect(id === sent).toBe(/^[\x21-\x7e]{1,128}$/.test(sent))
        expect(URL.canParse(instanceOf(id))).toBe(true)
      }),
    )
  })

  it('are new otherwise, of this gateway and of any other', () => {
    const others = new RequestIds(createSeededRandom('another gateway'))
    const all = Array.from({ length: 10_000 }, (_, index) => (index % 2 === 0 ? ids : others).of(undefined))
    expect(new Set(all).size).toBe(all.length)
    expect(all[0]).toMatch(/^[0-9a-f]{16}-[0-9a-v]{6}$/)
  })
})
