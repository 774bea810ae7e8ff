import { expect, it } from 'vitest'
import { Batcher } from './batcher.ts'

it('does together what comes while a round is under way', async () => {
  const rounds: number[][] = []
  const batcher = new Batcher<number>(async (items) => void rounds.push([...items]), 3)
  await Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)))
  await batcher.add(6)
  expect(rounds).toEqual([[1, 2, 3], [4, 5], [6]])
})

it('tells those of a round, and only those, what it failed with', async () => {
  const batcher = new Batcher<number>(async (items) => {
    if (items.includes(1)) throw new Error('no')
  }, 1)
  const outcomes = await Promise.allSettled([batcher.add(1), batcher.add(2)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
})
