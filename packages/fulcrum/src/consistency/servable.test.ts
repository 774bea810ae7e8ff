import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carryOver } from './carry-over.ts'
import type { Label } from './label.ts'
import { servable } from './servable.ts'
import { merge, MOST_TAGS, NEW_TOKEN, saw, type Token, wrote } from './token.ts'

const epoch = '7/1'
const tags = [1]
const label = (parts: Partial<Label>): Label => ({
  epoch,
  source: 'primary',
  lo: 0,
  hi: 0,
  snapshot: undefined,
  rx: 0,
  fill: 9,
  sees: [],
  ...parts,
})
const afterWrite = wrote(NEW_TOKEN, tags, { epoch, lsn: 100, id: 5 })
const serves = (
  parts: Partial<Label>,
  token: Token,
  level: 'read-your-writes' | 'monotonic' | 'causal',
): boolean => servable(label(parts), { token, level, tags })

describe('a session that has written', () => {
  it('is not served what a primary had at its position: the commit may not have been visible yet', () => {
    expect(serves({ lo: 100 }, afterWrite, 'read-your-writes')).toBe(false)
    expect(serves({ lo: 101 }, afterWrite, 'read-your-writes')).toBe(true)
  })

  it('is served what a replica had at its position', () => {
    expect(serves({ source: 'replica', lo: 99 }, afterWrite, 'read-your-writes')).toBe(false)
    expect(serves({ source: 'replica', lo: 100 }, afterWrite, 'read-your-writes')).toBe(true)
  })

  it('is served what was read on behalf of its write', () => {
    expect(serves({ lo: 100, sees: [5] }, afterWrite, 'read-your-writes')).toBe(true)
    expect(serves({ lo: 100, sees: [6] }, afterWrite, 'read-your-writes')).toBe(false)
  })

  it('does not demand its writes to other tags, except causally', () => {
    const other = wrote(NEW_TOKEN, [2], { epoch, lsn: 100, id: 5 })
    expect(serves({ lo: 1 }, other, 'read-your-writes')).toBe(true)
    expect(serves({ lo: 1 }, other, 'causal')).toBe(false)
  })
})

describe('a session that has read', () => {
  const seen = saw(NEW_TOKEN, tags, label({ source: 'replica', lo: 90, hi: 100, rx: 40, fill: 7 }))

  it('is served the very value that it saw', () => {
    expect(serves({ lo: 90, fill: 7 }, seen, 'monotonic')).toBe(true)
    expect(serves({ lo: 90, fill: 8 }, seen, 'monotonic')).toBe(false)
  })

  it('is not served what a primary had while a transaction that a replica had shown was in progress', () => {
    const inProgress = { xmin: 39, xmax: 50, xip: [39] }
    const over = { xmin: 41, xmax: 50, xip: [41] }
    expect(serves({ lo: 101, snapshot: inProgress }, seen, 'monotonic')).toBe(false)
    expect(serves({ lo: 101, snapshot: over }, seen, 'monotonic')).toBe(true)
    expect(serves({ lo: 101, snapshot: undefined }, seen, 'monotonic')).toBe(false)
  })
})

describe('any session', () => {
  const lsn = fc.integer({ min: 1, max: 50 })
  const touchedUpTo = (tag: number): fc.Arbitrary<number[]> =>
    fc.uniqueArray(fc.integer({ min: 1, max: tag }), {
      maxLength: 8,
    })
  const seeing = (most: number) =>
    fc.record({
      tags: touchedUpTo(most),
      hi: lsn,
      lo: lsn,
      rx: fc.constantFrom(0, 3),
      fill: fc.constantFrom(8, 9),
    })
  const writing = (most: number) =>
    fc.record({
      tags: touchedUpTo(most),
      lsn,
      id: fc.integer({ min: 1, max: 9 }),
    })
  const history = (most: number): fc.Arbitrary<Token> =>
    fc
      .array(fc.oneof(writing(most), seeing(most)), { maxLength: 12 })
      .map((steps) =>
        steps.reduce<Token>(
          (token, step) =>
            'id' in step ? wrote(token, step.tags, { epoch, ...step }) : saw(token, step.tags, label(step)),
          NEW_TOKEN,
        ),
      )

  it('has no write beyond its last one, however its token came about', () => {
    fc.assert(
      fc.property(history(60), history(60), lsn, (one, other, fork) => {
        const carried = carryOver(merge(one, other), {
          epoch: '7/2',
          forkOf: () => fork,
        })
        if (carried.outcome === 'ahead') return
        for (const { w, floor, tags: own } of [one, other, merge(one, other), carried.token])
          expect(Math.max(floor, ...[...own.values()].map((each) => each.wrote))).toBeLessThanOrEqual(w)
      }),
    )
  })

  it('knows what it has seen, and the rest as before; what it sees again changes nothing', () => {
    fc.assert(
      fc.property(history(MOST_TAGS), seeing(MOST_TAGS), (before, { tags: shown, ...value }) => {
        const token = saw(before, shown, label(value))
        expect(saw(token, shown, label(value))).toBe(token)
        expect(token).toMatchObject({ epoch, w: before.w })
        for (const tag of shown) {
          const { wrote: written = 0, writeId = 0, saw: seen = 0, rx = 0 } = before.tags.get(tag) ?? {}
          const reached = {
            saw: Math.max(seen, value.hi),
            rx: Math.max(rx, value.rx),
            fill: value.fill,
          }
          expect(token.tags.get(tag)).toEqual({
            wrote: written,
            writeId,
            ...reached,
          })
        }
        for (const [tag, touched] of before.tags)
          if (!shown.includes(tag)) expect(token.tags.get(tag)).toEqual(touched)
      }),
    )
  })
})

describe('two tokens of one session', () => {
  it('demand both writes: at one position neither id speaks for the other', () => {
    const both = merge(afterWrite, wrote(NEW_TOKEN, tags, { epoch, lsn: 100, id: 6 }))
    expect(serves({ lo: 100, sees: [5] }, both, 'read-your-writes')).toBe(false)
    expect(serves({ lo: 100, sees: [6] }, both, 'read-your-writes')).toBe(false)
  })

  it('demand both sights: a greater upper bound does not mean that a value contains the other', () => {
    const one = saw(NEW_TOKEN, tags, label({ lo: 90, hi: 100, fill: 1 }))
    const other = saw(NEW_TOKEN, tags, label({ lo: 80, hi: 120, fill: 2 }))
    expect(serves({ lo: 80, fill: 2 }, merge(one, other), 'monotonic')).toBe(false)
    expect(serves({ lo: 121 }, merge(one, other), 'monotonic')).toBe(true)
  })
})
