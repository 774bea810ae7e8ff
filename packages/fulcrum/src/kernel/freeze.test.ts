import { describe, expect, it } from 'vitest'
import { deepFreeze } from './freeze.ts'

describe('deepFreeze', () => {
  it('freezes objects and arrays in depth and returns the same object', () => {
    const data = {
      list: [{ a: 1 }],
      bare: Object.assign(Object.create(null) as object, { b: [1] }),
      text: 'x',
      none: null,
    }
    expect(deepFreeze(data)).toBe(data)
    for (const part of [data, data.list, data.list[0], data.bare, (data.bare as { b: unknown }).b]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('goes into objects that are frozen already', () => {
    const data = Object.freeze({ inner: { a: 1 } })
    expect(Object.isFrozen(deepFreeze(data).inner)).toBe(true)
  })

  it('leaves functions, instances and schemas alone', () => {
    const data = {
      fn: Object.assign(() => {}, { state: {} }),
      map: new Map(),
      date: new Date(),
      schema: { '~standard': {}, cache: {} },
    }
    deepFreeze(data)
    for (const part of [data.fn, data.fn.state, data.map, data.date, data.schema, data.schema.cache]) {
      expect(Object.isFrozen(part)).toBe(false)
    }
  })

  it('survives cycles and does not call getters', () => {
    const data: Record<string, unknown> = {}
    data['self'] = data
    Object.defineProperty(data, 'trap', { enumerable: true, get: () => expect.fail('called') })
    expect(Object.isFrozen(deepFreeze(data))).toBe(true)
  })
})
