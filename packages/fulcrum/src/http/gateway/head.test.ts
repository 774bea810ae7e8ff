import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readHead, RequestHead, requireSingle } from './head.ts'

describe('request headers', () => {
  it('are found in any case, and nothing else is', () => {
    const names = [
      'Accept',
      'ORIGIN',
      'content-type',
      'Content-Length',
      'Content-Encoding',
      'Transfer-Encoding',
      'If-Match',
      'If-None-Match',
      'Idempotency-Key',
      'Fulcrum-Token',
      'Cookie',
      'X-Request-Id',
      'traceparent',
      'Fulcrum-Deadline',
      'X-Request-Timeout',
      'grpc-timeout',
    ]
    const head = readHead([
      ...names.flatMap((name) => [name, name]),
      'Host',
      'x',
      'Cookies',
      'y',
      'x-request-ie',
      'z',
    ])
    expect(Object.values(head)).toEqual([...names, undefined])
    expect(Object.keys(head)).toEqual(Object.keys(new RequestHead()))
  })

  it('join lists, void what must be one, and refuse what contradicts itself', () => {
    expect(readHead(['accept', 'a', 'Accept', 'b', 'if-match', '"1"', 'If-Match', '"2"'])).toMatchObject({
      accept: 'a, b',
      ifMatch: '"1", "2"',
    })
    expect(readHead(['x-request-id', 'a', 'x-request-id', 'b'])).toMatchObject({
      requestId: '',
      repeated: undefined,
    })
    expect(readHead(['cookie', 'a=1', 'Cookie', 'b=2']).cookie).toBe('a=1; b=2')
    const twice = readHead(['content-type', 'a', 'content-type', 'a'])
    expect(() => requireSingle(twice)).toThrow(/FUL-2007 .*content-type/)
  })

  it('are read whatever they are', () => {
    fc.assert(fc.property(fc.array(fc.string()), (raw) => void readHead(raw)))
    expect(readHead([])).toBe(readHead(['host', 'x']))
  })
})
