import { describe, expect, test } from 'vitest'
import { containsStated, isAsStated, isQuoteOf } from './expectation.ts'

describe('output as a page states it', () => {
  test.each([
    ['a', 'a'],
    ['a', 'a\n'],
    ['a…z', 'a to z'],
    ['a…', 'a'],
    ['…', ''],
    ['…', 'a\nb'],
    ['a\n…', 'a'],
    ['a\n…', 'a\nb\nc'],
    ['a\n…\nd', 'a\nd'],
    ['a\n…\nd', 'a\nb\nc\nd'],
    ['…\nd', 'd'],
    ['(1 + 1) [x] $ \\', '(1 + 1) [x] $ \\'],
    ['red', '\u001B[31mred\u001B[0m  '],
  ])('%j is %j', (stated, output) => {
    expect(isAsStated(stated, output)).toBe(true)
  })

  test.each([
    ['a', 'b'],
    ['a', 'a\nb'],
    ['a\nb', 'a'],
    ['a…z', 'a\nz'],
    ['a\n…', 'ab'],
    ['a\n…\nd', 'a\nb\nc'],
    ['', 'a'],
    ['a.c', 'abc'],
  ])('%j is not %j', (stated, output) => {
    expect(isAsStated(stated, output)).toBe(false)
  })

  test('somewhere, as whole lines', () => {
    expect(containsStated('serves', 'serves\nmore')).toBe(true)
    expect(containsStated('serves', 'first\nserves\n')).toBe(true)
    expect(containsStated('serves\n  on 4000', 'first\nserves\n  on 4000\nthen')).toBe(true)
    expect(containsStated('', 'any\nthing')).toBe(true)
    expect(containsStated('serves', 'serves not')).toBe(false)
    expect(containsStated('serves', 'it serves')).toBe(false)
    expect(containsStated('serves\nit', 'serves\nnot\nit')).toBe(false)
    expect(containsStated('serves', '')).toBe(false)
  })
})

describe('an excerpt of a file', () => {
  const file = 'const a = 1\nfunction f() {\n  const b = 2\n  return g(b).then(h)\n}\n'

  test.each([
    ['const a = 1'],
    ['  const b = 2\n  return g(b).then(h)'],
    ['function f() {\n  // …\n}'],
    ['return g(b)…'],
  ])('%j is in it', (excerpt) => {
    expect(isQuoteOf(excerpt, file)).toBe(true)
  })

  test.each([['const b = 3'], ['const a'], ['const a = 1\nreturn'], ['function f() {\n}'], ['a = 1']])(
    '%j is not',
    (excerpt) => {
      expect(isQuoteOf(excerpt, file)).toBe(false)
    },
  )
})
