import { expect, it } from 'vitest'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { Shelf } from './shelf.ts'

it('keeps values for their time, and nothing of what was there before', async () => {
  const clock = createVirtualClock()
  const shelf = new Shelf<number>(clock)
  for (let index = 0; index < 10_000; index += 1) {
    shelf.put(String(index), index, 100)
    if (index % 10 === 0) await clock.runUntil(index / 10)
  }
  expect(shelf.size).toBeLessThan(2_001)
  expect([shelf.get('9999'), shelf.get('1')]).toEqual([9_999, undefined])
  expect(shelf.remaining('9999')).toBeGreaterThan(90)
  expect([shelf.remove('9999'), shelf.remove('9999'), shelf.remaining('9999')]).toEqual([true, false, 0])
})
