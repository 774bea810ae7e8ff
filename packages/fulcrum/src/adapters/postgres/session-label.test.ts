import { describe, expect, test } from 'vitest'
import { contains, containsSeen, type ReadLabel } from '../../consistency/label.ts'
import { together } from './session-label.ts'

const primary: ReadLabel = {
  epoch: '7/1',
  source: 'primary',
  lo: 100,
  hi: 110,
  snapshot: { xmin: 50, xmax: 60, xip: [50, 55] },
  rx: 0,
}
const later: ReadLabel = { ...primary, lo: 120, hi: 130, snapshot: { xmin: 56, xmax: 70, xip: [56, 65] } }
const replica: ReadLabel = { ...primary, source: 'replica', lo: 100, hi: 150, snapshot: undefined, rx: 66 }

describe('what was read in two statements', () => {
  test('contains what both contain, and nothing beyond what either may', () => {
    expect(together(later, primary)).toEqual({
      ...primary,
      hi: 130,
      snapshot: { xmin: 50, xmax: 60, xip: [50, 55, 56, 65] },
    })
  })

  test('is judged as strictly as the part of the primary', () => {
    const joined = together({ ...later, lo: 100 }, replica) as ReadLabel
    expect(contains(replica, 100)).toBe(true)
    expect(contains(joined, 100)).toBe(false)
    expect(contains(joined, 99)).toBe(true)
    expect(joined.rx).toBe(66)
    // What the replica has at its position is part of it; for the primary its snapshot speaks.
    expect(containsSeen(joined, 99, 56)).toBe(true)
    expect(containsSeen(joined, 99, 57)).toBe(false)
  })

  test('of a primary that did not say what was in progress says nothing of that', () => {
    expect(together({ ...primary, snapshot: undefined }, primary)?.snapshot).toBeUndefined()
    expect(together(replica, replica)?.source).toBe('replica')
  })

  test('of two epochs has no position', () => {
    expect(together(primary, { ...primary, epoch: '7/2' })).toBeUndefined()
  })
})
