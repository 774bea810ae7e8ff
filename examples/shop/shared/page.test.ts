import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { page, paging } from './page.ts'
import { NewestFirst } from './timestamp.ts'

const input = z.object(paging(NewestFirst))
const identity = { item: (row: number) => row, key: (row: number) => row }

describe('a page', () => {
  test('has at most the items asked for, and says whether there is more', () => {
    expect(page([1, 2, 3], 2, identity)).toEqual({ items: [1, 2], next: btoa('2').replaceAll('=', '') })
    expect(page([1, 2], 2, identity)).toEqual({ items: [1, 2], next: null })
    expect(page([], 2, identity)).toEqual({ items: [], next: null })
  })

  test('has 20 items when nobody says how many, and 100 at most', () => {
    expect(input.parse({})).toEqual({ limit: 20 })
    for (const limit of [0, -1, 101, 1.5, '10']) expect(input.safeParse({ limit }).success).toBe(false)
  })
})

describe('a cursor', () => {
  const moment = fc.date({ min: new Date(0), max: new Date('2999-12-31'), noInvalidDate: true })

  test('gives back the key of the last item, and fits into a URL as it is', () => {
    fc.assert(
      fc.property(moment, fc.uuid({ version: 4 }), (date, id) => {
        const key: NewestFirst = [date.toISOString(), id]
        const { next } = page([key, key], 1, { item: (row) => row, key: (row) => row })
        expect(next).toMatch(/^[\w-]+$/)
        expect(input.parse({ after: next }).after).toEqual(key)
      }),
    )
  })

  test('is refused when it is none, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json().map(btoa8)), (after) => {
        expect(input.safeParse({ after }).success).toBe(false)
      }),
    )
  })

  test('of another list is refused', () => {
    const { next } = page([1, 2], 1, identity)
    const result = input.safeParse({ after: next })
    expect(result.error?.issues[0]?.path[0]).toBe('after')
  })
})

function btoa8(text: string): string {
  return Buffer.from(text).toString('base64')
}
