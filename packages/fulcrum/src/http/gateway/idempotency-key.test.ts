import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestHead } from './head.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'

function keyOf(text: string | undefined): string | undefined {
  return idempotencyKeyOf(Object.assign(new RequestHead(), { idempotencyKey: text }))
}

describe('an idempotency key', () => {
  it('is the same bare and quoted', () => {
    const visible = fc.stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
    fc.assert(
      fc.property(visible, (key) => {
        expect(keyOf(`"${key}"`)).toBe(key)
        expect(keyOf(key)).toBe(key)
      }),
    )
    expect(keyOf('  "8e03978e-40d5"  ')).toBe('8e03978e-40d5')
  })

  it('may hold quotes and backslashes, escaped', () => {
    expect(keyOf(String.raw`"a \"b\" \\ c"`)).toBe(String.raw`a "b" \ c`)
  })

  it('may be missing, or empty, which is refused where a key is needed', () => {
    expect(keyOf(undefined)).toBeUndefined()
    expect(keyOf('""')).toBe('')
  })

  it.each(['"', 'a"b', '"a', '"a"; x', String.raw`"\a"`, 'two words', '"ä"', 'ä', ''])(
    'is refused as %s',
    (text) => {
      expect(() => keyOf(text)).toThrow('FUL-2007')
    },
  )
})
