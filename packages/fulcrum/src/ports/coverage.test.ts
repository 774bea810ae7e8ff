import { expect, it } from 'vitest'
import { covers } from './coverage.ts'

const at = (lsn: number, epoch = '1/1') => ({ lsn, epoch })

it('what was written before the round has asked is covered', () => {
  expect(covers(at(101), at(100))).toBe(true)
})

it('where both have asked at one position, nobody knows who came first', () => {
  expect(covers(at(100), at(100))).toBe(false)
})

it.each([
  ['nothing is known', undefined, at(0)],
  ['it is of an earlier position', at(99), at(100)],
  ['it is of another history', at(200, '1/1'), at(100, '1/2')],
])('is not where %s', (_, coverage, position) => expect(covers(coverage, position)).toBe(false))
