import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Watermark } from '../../../consistency/watermark.ts'
import { Watermarks } from './watermarks.ts'

describe('a position becomes the watermark', () => {
  test('when the stream has told of everything up to it, as of the time of asking', () => {
    const marks = new Watermarks()
    expect(marks.reached(10, 500)).toBeUndefined()
    expect(marks.toldUpTo(499)).toBeUndefined()
    expect(marks.isBehind).toBe(true)
    expect(marks.toldUpTo(500)).toEqual({ lsn: 500, asOf: 10 })
    expect(marks.isBehind).toBe(false)
  })

  test('at once when it was told before, again and again while nothing happens', () => {
    const marks = new Watermarks()
    marks.toldUpTo(500)
    expect(marks.reached(10, 500)).toEqual({ lsn: 500, asOf: 10 })
    expect(marks.reached(20, 500)).toEqual({ lsn: 500, asOf: 20 })
  })

  test('the newest one that is covered counts; what was told beyond it does not', () => {
    const marks = new Watermarks()
    for (const [askedAt, lsn] of [
      [1, 100],
      [2, 200],
      [3, 300],
    ] as const)
      marks.reached(askedAt, lsn)
    expect(marks.toldUpTo(250)).toEqual({ lsn: 200, asOf: 2 })
    expect(marks.toldUpTo(1_000)).toEqual({ lsn: 300, asOf: 3 })
  })

  test('answers out of order add nothing', () => {
    const marks = new Watermarks()
    marks.reached(2, 200)
    expect(marks.reached(1, 300)).toBeUndefined()
    expect(marks.reached(3, 100)).toBeUndefined()
    expect(marks.toldUpTo(400)).toEqual({ lsn: 200, asOf: 2 })
  })

  test('however far the stream is behind, memory is bounded and the newest positions count in the end', () => {
    const marks = new Watermarks()
    for (let at = 1; at <= 100_000; at++) marks.reached(at, at)
    expect(marks.toldUpTo(100_000)).toEqual({ lsn: 100_000, asOf: 100_000 })
  })
})

/**
 * A primary that commits at positions 1, 2, …, and a stream that tells of them later. What a watermark claims is compared with what was told and
 * with what was committed when it was asked for.
 */
type Step = 'commit' | 'ask' | 'answer' | 'tell'

function violations(steps: readonly Step[]): string[] {
  const marks = new Watermarks()
  const found: string[] = []
  const committedAt: number[] = [0]
  let [told, asked] = [0, undefined as number | undefined]
  const check = (mark: Watermark | undefined): void => {
    if (mark === undefined) return
    if (mark.lsn > told) found.push(`claims ${mark.lsn}, told ${told}`)
    const missing = committedAt.findIndex((at, lsn) => at <= mark.asOf && lsn > mark.lsn)
    if (missing >= 0) found.push(`as of ${mark.asOf} without ${missing}`)
  }
  steps.forEach((step, now) => {
    if (step === 'commit') committedAt.push(now)
    else if (step === 'ask') asked ??= now
    else if (step === 'tell' && told < committedAt.length - 1) check(marks.toldUpTo(++told))
    else if (step === 'answer' && asked !== undefined) {
      check(marks.reached(asked, committedAt.length - 1))
      asked = undefined
    }
  })
  return found
}

test('no watermark claims what was not told, nor lacks what was committed when it was asked for', () => {
  const step = fc.constantFrom<Step>('commit', 'ask', 'answer', 'tell')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      expect(violations(steps)).toEqual([])
    }),
    { numRuns: 2_000 },
  )
})
