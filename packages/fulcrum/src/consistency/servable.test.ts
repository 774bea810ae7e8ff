import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carryOver } from './carry-over.ts'
import type { Label } from './label.ts'
import { servable } from './servable.ts'
import { merge, NEW_TOKEN, saw, type Token, wrote } from './token.ts'

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
  const touched = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 })
  const writing = fc.record({ tags: touched, lsn, id: fc.integer({ min: 1, max: 9 }) })
  const seeing = fc.record({ tags: touched, hi: lsn, lo: lsn })
  const after = (
    steps: readonly ({ tags: number[] } & ({ lsn: number; id: number } | { hi: number; lo: number }))[],
  ): Token =>
    steps.reduce<Token>(
      (token, step) =>
        'id' in step
          ? wrote(token, step.tags, { epoch, lsn: step.lsn, id: step.id })
          : saw(token, step.tags, label({ lo: step.lo, hi: step.hi })),
      NEW_TOKEN,
    )
  const history = fc.array(fc.oneof(writing, seeing), { maxLength: 12 }).map(after)

  it('has no write beyond its last one, however its token came about', () => {
    fc.assert(
      fc.property(history, history, lsn, (one, other, fork) => {
        const carried = carryOver(merge(one, other), { epoch: '7/2', forkOf: () => fork })
        if (carried.outcome === 'ahead') return
        for (const { w, floor, tags: own } of [one, other, merge(one, other), carried.token])
          expect(Math.max(floor, ...[...own.values()].map((each) => each.wrote))).toBeLessThanOrEqual(w)
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
