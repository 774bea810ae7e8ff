import { describe, expect, test } from 'vitest'
import type { ReadLabel } from '../../consistency/label.ts'
import type { ReadNeed } from '../../ports/store.ts'
import { judge, type Verdict } from './verdict.ts'

const label: ReadLabel = {
  epoch: '7/1',
  source: 'primary',
  lo: 100,
  hi: 110,
  snapshot: { xmin: 50, xmax: 60, xip: [50, 55] },
  rx: 0,
}
const ofReplica: ReadLabel = { ...label, source: 'replica', snapshot: undefined, rx: 60 }
const need: ReadNeed = { lsn: 0, rx: 0, epoch: '7/1', maxAge: Infinity, maxAgeInPartition: Infinity }

/** The label is known to be complete as of 1000. */
const verdict = (of: ReadLabel | undefined, wants?: ReadNeed, notBefore = -Infinity): Verdict =>
  judge(of, { bracket: wants === undefined ? 'none' : 'both', need: wants, asOf: () => 1000, notBefore })

describe('an answer without a label', () => {
  test('does where nothing was asked for', () => {
    expect(verdict(undefined)).toBe('fit')
  })

  test('does not where something has to be seen, or told', () => {
    expect(verdict(undefined, need)).toBe('elsewhere')
    expect(judge(undefined, { bracket: 'lower', need: undefined, asOf: () => 0, notBefore: 0 })).toBe(
      'elsewhere',
    )
  })
})

describe('an answer of a replica', () => {
  test('has to have the position', () => {
    expect(verdict(ofReplica, { ...need, lsn: 100 })).toBe('fit')
    expect(verdict(ofReplica, { ...need, lsn: 101 })).toBe('elsewhere')
  })

  test('has to be as new as that', () => {
    expect(verdict(ofReplica, need, 1000)).toBe('fit')
    expect(verdict(ofReplica, need, 1001)).toBe('elsewhere')
  })

  test('shows what another one has shown at its position', () => {
    expect(verdict(ofReplica, { ...need, lsn: 100, rx: 99 })).toBe('fit')
  })
})

describe('an answer of the primary', () => {
  test('has whatever was acknowledged before', () => {
    expect(verdict(label, { ...need, lsn: 1000 }, 5000)).toBe('fit')
  })

  test('has to wait for what a replica has shown', () => {
    expect(verdict(label, { ...need, rx: 50 })).toBe('fit')
    expect(verdict(label, { ...need, rx: 51 })).toBe('later')
    expect(verdict({ ...label, snapshot: { xmin: 60, xmax: 60, xip: [] } }, { ...need, rx: 60 })).toBe('fit')
    expect(verdict({ ...label, snapshot: { xmin: 60, xmax: 60, xip: [] } }, { ...need, rx: 61 })).toBe(
      'later',
    )
    expect(verdict({ ...label, snapshot: undefined }, { ...need, rx: 1 })).toBe('later')
  })
})

test('positions of another epoch say nothing', () => {
  for (const each of [label, ofReplica]) {
    expect(verdict({ ...each, epoch: '7/2' }, need)).toBe('elsewhere')
    expect(verdict({ ...each, epoch: '7/2' }, { ...need, epoch: undefined })).toBe('fit')
  }
})
