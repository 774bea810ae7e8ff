import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { checkParsed, MAX_DEPTH, parseJson } from './json.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function refusal(text: string | Uint8Array): string {
  try {
    parseJson(typeof text === 'string' ? bytes(text) : text)
  } catch (error) {
    if (isFulcrumError(error, 'FUL-2007')) return error.detail
    throw error
  }
  throw new Error('it was read')
}

describe('JSON from strangers', () => {
  it('is read like JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value)
        fc.pre(!/__proto__|constructor/.test(text))
        expect(parseJson(bytes(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('is read or refused as malformed, whatever the bytes are', () => {
    const garbage = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string().map(bytes), fc.json().map(bytes))
    fc.assert(
      fc.property(garbage, (body) => {
        try {
          parseJson(body)
        } catch (error) {
          expect(isFulcrumError(error, 'FUL-2007')).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('ends where the bytes end, within a larger buffer too', () => {
    const buffer = bytes('xx{"a":1}yy')
    expect(parseJson(buffer.subarray(2, 9))).toEqual({ a: 1 })
  })

  it.each([
    [Uint8Array.of(0x22, 0xff, 0x22), 'not UTF-8'],
    [Uint8Array.of(0x22, 0xc3, 0x22), 'not UTF-8'],
    [Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'not UTF-8'],
    ['\uFEFF{}', 'not JSON'],
    ['', 'not JSON'],
    ['{"a":1', 'not JSON'],
    ['01', 'not JSON'],
    ['{"__proto__":{}}', '__proto__'],
    ['[{"a":{"__proto__":null}}]', '__proto__'],
    [String.raw`{"\u005f\u005fproto__":1}`, '__proto__'],
    [String.raw`{"__prot\u006f__":1}`, '__proto__'],
    ['{"constructor":{"prototype":{"x":1}}}', 'constructor'],
    [String.raw`{"c\u006fnstructor":{"prototype":1}}`, 'constructor'],
  ])('refuses %j', (text, reason) => {
    expect(refusal(text)).toContain(reason)
  })

  it('lets harmless uses of the same words pass', () => {
    for (const text of [
      '"__proto__"',
      '{"constructor":"x"}',
      '{"constructor":{"a":1}}',
      '{"prototype":{}}',
    ]) {
      expect(parseJson(bytes(text))).toEqual(JSON.parse(text))
    }
  })

  it('is nested up to the limit and not beyond, however many brackets there are in strings and beside each other', () => {
    const nest = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    expect(parseJson(bytes(nest(MAX_DEPTH)))).toEqual(JSON.parse(nest(MAX_DEPTH)))
    expect(refusal(nest(MAX_DEPTH + 1))).toContain('nested deeper')
    expect(refusal('{"a":'.repeat(100_000))).toContain('nested deeper')
    const wide = JSON.stringify(Array.from({ length: 500 }, () => ({ text: `[[{{\\"${'['.repeat(200)}` })))
    expect(parseJson(bytes(wide))).toEqual(JSON.parse(wide))
  })

  it('is held to the same rules when another parser has read it', () => {
    expect(() => checkParsed(JSON.parse('{"a":[{"__proto__":{}}]}'))).toThrow(/__proto__/)
    let deep: unknown = 0
    for (let level = 0; level <= MAX_DEPTH; level++) deep = [deep]
    expect(() => checkParsed(deep)).toThrow(/nested deeper/)
    expect(checkParsed({ a: [1, { b: null }] })).toEqual({ a: [1, { b: null }] })
  })
})
