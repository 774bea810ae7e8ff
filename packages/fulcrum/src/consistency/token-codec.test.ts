import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_TAGS, NEW_TOKEN, saw, type Token, type Touched, wrote } from './token.ts'
import { decodeToken, encodeToken, MOST_TOKEN_BYTES } from './token-codec.ts'

const whole = fc.maxSafeNat()
const some = fc.oneof(fc.constant(0), whole, fc.nat(1_000))
const touched: fc.Arbitrary<Touched> = fc.record({
  wrote: some,
  writeId: some,
  saw: some,
  rx: some,
  fill: some,
})
const epoch = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(2 ** 31))
  .map(([systemId, timeline]) => `${systemId}/${timeline}`)
const tokens: fc.Arbitrary<Token> = fc.record({
  epoch: fc.option(epoch, { nil: undefined }),
  w: some,
  floor: some,
  sawFloor: some,
  rxFloor: some,
  tags: fc
    .uniqueArray(fc.tuple(whole, touched), { maxLength: MOST_TAGS, selector: ([tag]) => tag })
    .map((entries) => new Map(entries)),
})

/** In the order in which its tags would be forgotten. */
const plain = (token: Token | undefined): unknown => token && { ...token, tags: [...token.tags] }

/** A session on a system of some terabytes that has written and read so many tags, as hashes give them. */
function session(tags: number): Token {
  let token: Token = NEW_TOKEN
  const at = 3_500_000_000_000
  for (let index = 1; index <= tags; index += 1) {
    const tag = [(index * 0x9e37_79b9_7f4a) % 2 ** 53]
    const lsn = at + index * 50_000
    token = wrote(token, tag, { epoch: '7431098765432109876/3', lsn, id: 2 ** 53 - index })
    const label = { epoch: '7431098765432109876/3', source: 'replica' as const, lo: lsn, hi: lsn + 900 }
    token = saw(token, tag, {
      ...label,
      snapshot: undefined,
      rx: 90_000_000 + index,
      fill: 2 ** 52,
      sees: [],
    })
  }
  return token
}

describe('the bytes of a token', () => {
  it('bring back the token they were made of, in its order', () => {
    fc.assert(
      fc.property(tokens, (token) => {
        expect(plain(decodeToken(encodeToken(token)))).toEqual(plain(token))
      }),
    )
  })

  it('are never more than fit in a header', () => {
    const all: Touched = {
      wrote: 1,
      writeId: 2 ** 53 - 1,
      saw: 2 ** 53 - 1,
      rx: 2 ** 53 - 1,
      fill: 2 ** 53 - 1,
    }
    const tags = new Map(Array.from({ length: MOST_TAGS }, (_, tag) => [2 ** 53 - 1 - tag, all]))
    const most = 2 ** 53 - 1
    const token = {
      epoch: `${2n ** 64n - 1n}/${2 ** 32 - 1}`,
      w: most,
      floor: most,
      sawFloor: most,
      rxFloor: 1,
      tags,
    }
    expect(encodeToken(token).length).toBeLessThanOrEqual(MOST_TOKEN_BYTES)
    expect(plain(decodeToken(encodeToken(token)))).toEqual(plain(token))
  })

  it('are few for a session that has done little', () => {
    const sizes = [0, 1, 10, 32].map((tags) => encodeToken(session(tags)).length)
    expect(sizes).toEqual([5, 51, 314, 952])
  })

  it('are refused, and nothing is thrown, when they are anything else', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => isRefusedOrExact(bytes)))
    fc.assert(
      fc.property(tokens, fc.nat(), fc.integer({ min: 1, max: 255 }), (token, at, change) => {
        const bytes = encodeToken(token)
        const index = at % bytes.length
        bytes[index] = (bytes[index] as number) ^ change
        isRefusedOrExact(bytes)
      }),
    )
  })

  it('are refused when they are cut off or go on', () => {
    fc.assert(
      fc.property(tokens, fc.nat(), (token, at) => {
        const bytes = encodeToken(token)
        expect(decodeToken(bytes.subarray(0, at % bytes.length))).toBeUndefined()
        expect(decodeToken(Uint8Array.from([...bytes, 0]))).toBeUndefined()
      }),
    )
  })

  it('are refused when a position would lie beyond what numbers hold exactly', () => {
    const bytes = encodeToken({ ...NEW_TOKEN, w: 2 ** 53 - 1 })
    expect(decodeToken(bytes)?.w).toBe(2 ** 53 - 1)
    // The last byte but one says how far above the base it is.
    bytes[bytes.length - 2] = 1
    expect(decodeToken(bytes)).toBeUndefined()
  })

  it('are not made of a number that they cannot hold', () => {
    const tags = new Map([[1, { wrote: 0, writeId: 0, saw: Infinity, rx: 0, fill: 0 }]])
    for (const token of [
      { ...NEW_TOKEN, tags },
      { ...NEW_TOKEN, w: Infinity },
      { ...NEW_TOKEN, floor: 0.5 },
    ])
      expect(() => encodeToken(token)).toThrow(RangeError)
  })

  it('are refused when another version has made them', () => {
    const bytes = encodeToken(NEW_TOKEN)
    bytes[0] = 2
    expect(decodeToken(bytes)).toBeUndefined()
  })
})

/** What is understood is sound: numbers that are exact, not more tags than a session has. */
function isRefusedOrExact(bytes: Uint8Array): void {
  const token = decodeToken(bytes)
  if (token === undefined) return
  const { w, floor, sawFloor, rxFloor, tags } = token
  const numbers = [
    w,
    floor,
    sawFloor,
    rxFloor,
    ...[...tags].flatMap(([tag, parts]) => [
      tag,
      parts.wrote,
      parts.writeId,
      parts.saw,
      parts.rx,
      parts.fill,
    ]),
  ]
  expect(numbers.every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true)
  expect(tags.size).toBeLessThanOrEqual(MOST_TAGS)
}
