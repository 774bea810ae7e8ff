import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRealRandom } from './random-real.ts'
import { createSeededRandom } from './random-seeded.ts'
import type { Random } from './random.ts'
import { Sfc32 } from './sfc32.ts'

const implementations: [string, () => Random][] = [
  ['the real one', createRealRandom],
  ['the seeded one', () => createSeededRandom('test')],
]

describe.each(implementations)('Random: %s', (_, create) => {
  const random = create()

  it('stays in [0, 1)', () => {
    for (let index = 0; index < 10_000; index++) {
      const value = random.next()
      expect(value >= 0 && value < 1).toBe(true)
    }
  })

  it('gives integers below the bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (below) => {
        const value = random.int(below)
        return Number.isInteger(value) && value >= 0 && value < below
      }),
    )
  })

  it('gives every integer about equally often', () => {
    const counts = Array.from({ length: 10 }, () => 0)
    for (let index = 0; index < 100_000; index++) {
      const value = random.int(10)
      counts[value] = (counts[value] ?? NaN) + 1
    }
    // Six standard deviations of a binomial with n = 100,000 and p = 0.1.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(570)
  })

  it('gives version 4 UUIDs, all different', () => {
    const uuids = Array.from({ length: 1000 }, () => random.uuid())
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(new Set(uuids).size).toBe(1000)
  })

  it('gives as many bytes of hex as asked for', () => {
    for (const bytes of [0, 1, 3, 4, 8, 16, 33])
      expect(random.hex(bytes)).toMatch(new RegExp(`^[\\da-f]{${2 * bytes}}$`))
    const digits = new Set(Array.from({ length: 100 }, () => random.hex(8)).join(''))
    expect(digits.size).toBe(16)
  })
})

describe('createSeededRandom', () => {
  const trace = (seed: number | string): unknown[] => {
    const random = createSeededRandom(seed)
    return Array.from({ length: 50 }, () => [random.next(), random.int(1000), random.uuid(), random.hex(5)])
  }

  it('repeats itself from the same seed and from no other', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.string()), fc.oneof(fc.integer(), fc.string()), (a, b) => {
        expect(trace(a)).toEqual(trace(a))
        if (String(a) !== String(b)) expect(trace(a)).not.toEqual(trace(b))
      }),
      { numRuns: 50 },
    )
  })

  it('is the same on every machine and in every version', () => {
    const random = createSeededRandom(1)
    expect([random.next(), random.int(10), random.uuid(), random.hex(7)]).toMatchInlineSnapshot(`
      [
        0.9895434364644147,
        9,
        "f6c28e0e-3f29-4ef6-b255-6df84ff94744",
        "3c6b0afd49f525",
      ]
    `)
  })
})

it('sfc32 gives the sequence of the reference implementation', () => {
  // PractRand's sfc32 seeded with 12345: after its 12 steps of seeding come 235160590, 2967261163, 116171463, then these.
  const generator = new Sfc32([0, 12345, 0])
  const sequence = Array.from({ length: 7 }, () => generator.next() >>> 0)
  expect(sequence).toEqual([
    2882324903, 362604721, 4227106926, 1933307004, 1608300071, 2256615412, 2701957640,
  ])
})
