import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Duration, formatDuration, parseDuration } from './duration.ts'

const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const unit = fc.constantFrom('ms', 's', 'm', 'h', 'd')
const microseconds = fc.integer({ min: 0, max: 2 ** 50 })

describe('parseDuration', () => {
  it.each([
    ['0ms', 0],
    ['250ms', 250],
    ['1.5s', 1500],
    ['1.1s', 1100],
    ['0.001ms', 0.001],
    ['0.25h', 900_000],
    ['30d', 2_592_000_000],
    ['13031d', 13_031 * 86_400_000],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(
    [
      '| s|5|1 s| 1s|1s |+1s|-1s|1e3s|01s|00s|.5s|1.s|1.5|1,5s|1S|1min|1s\n|١s'.split('|'),
      'NaNs|Infinitys|1.0001s|1s1s|1h30m|99999999999999999s|13032d'.split('|'),
      [5, null, undefined, ['1s'], { toString: () => '1s' }],
    ].flat(),
  )('refuses %j', (text) => expect(parseDuration(text)).toBeUndefined())

  it('is exact', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 999 }),
        unit,
        (whole, thousandths, name) => {
          const text = `${whole}.${String(thousandths).padStart(3, '0')}${name}`
          const exact = (BigInt(whole * 1000 + thousandths) * BigInt(MS[name] * 1000)) / 1000n
          expect(parseDuration(text)).toBe(Number(exact) / 1000)
        },
      ),
    )
  })

  it('never throws and gives nothing but finite, non-negative numbers', () => {
    const nearly = fc.tuple(fc.oneof(fc.double(), fc.string(), fc.integer()), fc.oneof(unit, fc.string()))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          nearly.map(([amount, name]) => `${amount}${name}`),
        ),
        (text) => {
          const ms = parseDuration(text)
          return ms === undefined || (Number.isFinite(ms) && ms >= 0)
        },
      ),
    )
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [-1, '0ms'],
    [250, '250ms'],
    [1500, '1500ms'],
    [0.5, '0.5ms'],
    [90_000, '90s'],
    [60_000, '1m'],
    [86_400_000, '1d'],
    [0.0004, '0ms'],
  ])('writes %d as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

  it('refuses what no duration can express', () => {
    for (const ms of [NaN, Infinity, 1e300, 13_032 * 86_400_000])
      expect(() => formatDuration(ms)).toThrow(RangeError)
  })

  it('is read back as the same number', () => {
    fc.assert(fc.property(microseconds, (us) => parseDuration(formatDuration(us / 1000)) === us / 1000))
  })

  it('is canonical: equal durations have one text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), unit, (amount, name) => {
        const text = formatDuration(parseDuration(`${amount}${name}`) as number)
        expect(formatDuration(parseDuration(text) as number)).toBe(text)
        expect(text).toMatch(/^\d+(ms|s|m|h|d)$/)
      }),
    )
  })
})

it('has a type that asks for a unit', () => {
  expectTypeOf<'250ms'>().toExtend<Duration>()
  expectTypeOf<'1.5s'>().toExtend<Duration>()
  expectTypeOf<'250'>().not.toExtend<Duration>()
  expectTypeOf<'5min'>().not.toExtend<Duration>()
  expectTypeOf<number>().not.toExtend<Duration>()
})
