import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fifo } from './fifo.ts'

/** What is done to the queue: a number is pushed, `shift` takes one, `drop` removes the one in the middle. */
const actions = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.nat() },
    { weight: 4, arbitrary: fc.constant('shift') },
    fc.constant('drop'),
  ),
  { maxLength: 2_000 },
)

test('behaves like an array that is shifted', () => {
  fc.assert(
    fc.property(actions, (list) => {
      const fifo = new Fifo<{ readonly id: number }>()
      const model: { readonly id: number }[] = []
      for (const action of list) {
        if (typeof action === 'number') {
          const item = { id: action }
          fifo.push(item)
          model.push(item)
        } else if (action === 'shift') expect(fifo.shift()).toBe(model.shift())
        else if (model.length > 0) {
          const [item] = model.splice(model.length >> 1, 1)
          expect(item !== undefined && fifo.remove(item)).toBe(true)
        }
        expect(fifo.size).toBe(model.length)
        expect(fifo.peek()).toBe(model[0])
      }
      expect(fifo.toArray()).toEqual(model)
      expect([...fifo]).toEqual(model)
    }),
    { numRuns: 50 },
  )
})

test('says when there is nothing to remove', () => {
  const fifo = new Fifo<object>()
  expect(fifo.remove({})).toBe(false)
})
