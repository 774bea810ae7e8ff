import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bindTo, boundTo } from './bound-body.ts'

test('bytes are found under the key that they were bound to, and under no other', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.uint8Array(), (id, other, body) => {
      const bound = bindTo(id, body)
      expect(boundTo(id, bound)).toEqual(Buffer.from(body))
      if (other !== id) expect(boundTo(other, bound)).toBeUndefined()
    }),
  )
})

test('bytes that were bound to nothing are not found', () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array({ maxLength: 7 }), (id, bytes) => {
      expect(boundTo(id, bytes)).toBeUndefined()
    }),
  )
})
