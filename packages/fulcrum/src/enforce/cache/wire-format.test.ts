import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Label } from '../../consistency/label.ts'
import type { Stored } from './entry.ts'
import { COMPRESS_FROM, decode, encode, type WireEntry } from './wire-format.ts'

const number = fc.double({ noNaN: true })
const numbers = fc.array(fc.maxSafeNat(), { maxLength: 5 })

const label: fc.Arbitrary<Label> = fc.record({
  epoch: fc.constantFrom('', '7431238765432109876/3'),
  source: fc.constantFrom('primary', 'replica'),
  lo: fc.maxSafeNat(),
  hi: fc.oneof(fc.maxSafeNat(), fc.constant(Infinity)),
  snapshot: fc.option(fc.record({ xmin: fc.maxSafeNat(), xmax: fc.maxSafeNat(), xip: numbers }), {
    nil: undefined,
  }),
  rx: fc.maxSafeNat(),
  fill: fc.maxSafeNat(),
  sees: numbers,
})

const content = fc.oneof(
  fc.jsonValue(),
  fc.record({
    at: fc.date({ noInvalidDate: true }),
    big: fc.bigInt(),
    bytes: fc.uint8Array({ maxLength: 50 }),
  }),
  fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ unit: 'grapheme' })),
  fc.constant('x'.repeat(2 * COMPRESS_FROM)),
)

const stored: fc.Arbitrary<Stored> = fc.oneof(
  fc.record({
    kind: fc.constant('value' as const),
    value: content,
    version: fc.constantFrom(undefined, 7, '2026-11-25'),
  }),
  fc.record({ kind: fc.constant('absence' as const), code: fc.string(), data: content }),
)

const entry: fc.Arbitrary<WireEntry> = fc.record({
  stored,
  label,
  tags: numbers,
  ttl: number,
  retention: number,
  cost: number,
})

const ONE: WireEntry = {
  stored: { kind: 'value', value: { id: 'u1', list: [{ name: 'x' }], empty: null }, version: 1 },
  label: {
    epoch: '7431/3',
    source: 'primary',
    lo: 5,
    hi: 9,
    snapshot: { xmin: 1, xmax: 4, xip: [2] },
    rx: 0,
    fill: 11,
    sees: [12],
  },
  tags: [13, 14],
  ttl: 1_000,
  retention: 2_000,
  cost: 3,
}

function expectForm({
  stored: { kind, ...content },
  label: read,
  tags,
  ttl,
  retention,
  cost,
}: WireEntry): void {
  expect(kind === 'value' ? 'value' in content : typeof Reflect.get(content, 'code') === 'string').toBe(true)
  const { epoch, source, lo, hi, rx, fill, snapshot, sees } = read
  expect([typeof epoch, ['primary', 'replica'].includes(source)]).toEqual(['string', true])
  const numbers = [lo, hi, rx, fill, ttl, retention, cost, ...sees, ...tags, ...(snapshot?.xip ?? [])]
  expect(numbers.every((each) => typeof each === 'number')).toBe(true)
}

describe('the form of entries in the shared cache', () => {
  it('gives back what went in, whatever that was', () => {
    fc.assert(
      fc.property(entry, (sent) => {
        const bytes = encode(sent)
        if (bytes === undefined) return
        const { unpackedFrom, ...received } = decode(bytes) ?? { unpackedFrom: 0 }
        expect(received).toEqual(sent)
        expect(unpackedFrom).toBeGreaterThan(0)
      }),
    )
  })

  it('takes nothing that was cut off, lengthened or written by another version, and never throws', () => {
    const bytes = encode(ONE) as Buffer
    for (let length = 0; length < bytes.length; length += 1)
      expect(decode(bytes.subarray(0, length))).toBeUndefined()
    expect(decode(Buffer.concat([bytes, Buffer.of(1)]))).toBeUndefined()
    const older = Buffer.from(bytes)
    older[0] = 1
    expect(decode(older)).toBeUndefined()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void decode(Uint8Array.of(2, ...noise))),
    )
  })

  it('takes nothing of an entry that is cut off anywhere, or goes on', () => {
    fc.assert(
      fc.property(entry, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 20 }), (sent, cut, more) => {
        const bytes = encode(sent)
        if (bytes === undefined) return
        expect(decode(bytes.subarray(0, cut % bytes.length))).toBeUndefined()
        expect(decode(Buffer.concat([bytes, more]))).toBeUndefined()
      }),
    )
  })

  it('takes of an entry with a wrong bit nothing, or what has the form of one', () => {
    fc.assert(
      fc.property(entry, fc.nat(), (sent, pick) => {
        const bytes = encode(sent)
        if (bytes === undefined) return
        const bit = pick % (8 * bytes.length)
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
        const received = decode(bytes)
        if (received !== undefined) expectForm(received)
        if (bit < 8) expect(received).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })

  it('does not unpack more than a process can bear', () => {
    const bytes = encode({ ...ONE, stored: { kind: 'value', value: 'x'.repeat(65 * 2 ** 20), version: 1 } })
    expect(decode(bytes as Buffer)).toBeUndefined()
  })

  it('freezes what it gives back, in depth', () => {
    const { stored: read } = decode(encode(ONE) as Buffer) as WireEntry
    const { value } = read as { value: { list: object[] } }
    expect([value, value.list, value.list[0]].every((part) => Object.isFrozen(part))).toBe(true)
  })
})
