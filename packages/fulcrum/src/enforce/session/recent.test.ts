import { describe, expect, it } from 'vitest'
import { Recent } from './recent.ts'

describe('what was looked up lately', () => {
  it('stays bounded', () => {
    const recent = new Recent<number>(10)
    for (let index = 0; index < 1_000; index += 1) recent.set(String(index), index)
    expect(recent.size).toBeLessThanOrEqual(10)
    expect(recent.get('999')).toBe(999)
    expect(recent.get('0')).toBeUndefined()
  })

  it('keeps what is asked for again and again', () => {
    const recent = new Recent<number>(10)
    recent.set('often', 1)
    for (let index = 0; index < 100; index += 1) {
      recent.set(String(index), index)
      expect(recent.get('often')).toBe(1)
    }
  })
})
