import { describe, expect, test } from 'vitest'
import { parseHistory } from './timeline-history.ts'

describe('the history of a timeline', () => {
  test('has the position where each earlier one was left', () => {
    const text = '1\t0/3000060\tno recovery target specified\n\n2\tA/10\tbefore transaction 7\n'
    expect([...parseHistory(text)]).toEqual([
      [1, 0x3000060],
      [2, 0xa_0000_0010],
    ])
  })

  test('may have comments, and nothing', () => {
    expect([...parseHistory('# made by hand\n 1\t0/10\t')]).toEqual([[1, 0x10]])
    expect([...parseHistory('')]).toEqual([])
  })
})
