import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { formatSize, parseSize, type Size } from './size.ts'

describe('parseSize', () => {
  it.each([
    ['0B', 0],
    ['512B', 512],
    ['64KB', 64_000],
    ['64KiB', 65_536],
    ['1.5MiB', 1_572_864],
    ['0.001GB', 1_000_000],
    ['2GiB', 2_147_483_648],
  ])('reads %s', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  it.each([
    '',
    '5',
    '1.5B',
    '0.001KiB',
    '1kb',
    '1K',
    '1 MB',
    '-1B',
    '1e3B',
    '01B',
    '1.B',
    '9007199254740992B',
    64,
    null,
  ])('refuses %j', (text) => expect(parseSize(text)).toBeUndefined())
})

describe('formatSize', () => {
  it.each([
    [0, '0B'],
    [1000, '1KB'],
    [1024, '1KiB'],
    [1_048_576, '1MiB'],
    [1_000_001, '1000001B'],
  ])('writes %d as %s', (bytes, text) => expect(formatSize(bytes)).toBe(text))

  it('is read back as the same number', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        (bytes) => parseSize(formatSize(bytes)) === bytes,
      ),
    )
    fc.assert(
      fc.property(
        fc.nat({ max: 1e6 }),
        (mebi) => parseSize(formatSize(mebi * 1024 ** 2)) === mebi * 1024 ** 2,
      ),
    )
  })

  it('refuses what is no size', () => {
    for (const bytes of [-1, 0.5, NaN, Infinity]) expect(() => formatSize(bytes)).toThrow(RangeError)
  })
})

it('has a type that asks for a unit', () => {
  expectTypeOf<'1MiB'>().toExtend<Size>()
  expectTypeOf<'1M'>().not.toExtend<Size>()
})
