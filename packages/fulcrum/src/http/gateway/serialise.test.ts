import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { query } from '../../declare/query.ts'
import { compileSerialise, type Serialise } from './serialise.ts'

const of = (output: z.ZodType): Serialise => compileSerialise(query('test.get', { output }))

describe('answers as JSON', () => {
  it('are what JSON.stringify makes of them', () => {
    for (const serialise of [of(z.unknown()), of(z.object({ a: z.string() }))]) {
      fc.assert(
        fc.property(fc.jsonValue(), (value) => {
          expect(serialise(value)).toBe(JSON.stringify(value))
        }),
      )
    }
    expect(of(z.unknown())({ at: new Date(0), nothing: undefined })).toBe('{"at":"1970-01-01T00:00:00.000Z"}')
    expect(of(z.unknown())(undefined)).toBeUndefined()
  })

  it.each([
    ['NaN', { a: [Number.NaN] }],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['BigInt', { a: 1n }],
    ['symbol', Symbol('a')],
    ['function', () => 1],
    ['circular', circular()],
  ])('never silently lose %s', (word, value) => {
    expect(() => of(z.unknown())(value)).toThrow(new RegExp(`FUL-3008 test.get: .*${word}`, 's'))
  })

  it.each([
    ['unknown members', z.looseObject({ a: z.string() })],
    ['a record of anything', z.record(z.string(), z.any())],
    ['a list of anything', z.array(z.unknown())],
    ['one open alternative', z.union([z.object({ a: z.string() }), z.unknown()])],
    ['something that JSON Schema cannot say', z.object({ a: z.date() })],
    [
      'something open within a definition',
      z.object({ a: z.object({ b: z.unknown() }).meta({ id: 'OpenWithin' }) }),
    ],
  ])('are looked through where the schema has %s', (_, output) => {
    expect(() => of(output)({ a: { b: Number.NaN } })).toThrow('FUL-3008')
  })

  it('are not looked through where the schema leaves no room', () => {
    const closed = z.object({
      a: z.string(),
      b: z.array(z.object({ c: z.int().nullable() })),
      d: z.record(z.string(), z.enum(['x'])),
      e: z.union([z.literal(1), z.boolean()]).optional(),
      f: z.tuple([z.string()]),
    })
    // What the schema excludes is only found by looking, and nobody looks.
    expect(of(closed)({ a: Number.NaN })).toBe('{"a":null}')
  })
})

function circular(): unknown {
  const value: unknown[] = []
  value.push(value)
  return value
}
