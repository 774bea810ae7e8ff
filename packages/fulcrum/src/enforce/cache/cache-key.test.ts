import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { byteSafe, canonical, compileInputKey, scopeKey } from './cache-key.ts'

const key = (value: unknown): string => canonical(value, 'm.get')

/** Anything that a schema may let through, with the names and texts that the key itself is made of. */
const values = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withSparseArray: true,
  key: fc.oneof(fc.string(), fc.constantFrom('$date', '$map', '__proto__', 'toJSON ', 'a', 'b')),
  values: [
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, '1', '1n', 'Date(1)', '{}', '[]', 'undefined', 'null', ''),
  ],
})

/** What two inputs have to have in common to share an answer: holes and absent members count as undefined, prototypes do not matter. */
function told(value: unknown): unknown {
  if (Array.isArray(value)) return { list: Array.from(value, told) }
  if (value instanceof Map) return { map: [...value].map(told) }
  if (value instanceof Set) return { set: [...value].map(told) }
  if (value instanceof Date) return { date: value.getTime() }
  if (ArrayBuffer.isView(value)) return { view: value.constructor.name, bytes: bytesOf(value) }
  if (typeof value !== 'object' || value === null) return { type: typeof value, value }
  const present = Object.entries(value).filter(([, member]) => member !== undefined)
  return {
    record: present.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, told(member)]),
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): number[] {
  return [...new Uint8Array(buffer, byteOffset, byteLength)]
}

function isEqual(a: unknown, b: unknown): boolean {
  try {
    expect(told(a)).toStrictEqual(told(b))
    return true
  } catch {
    return false
  }
}

describe('the key of an input', () => {
  it('is equal for equal inputs and different for different ones', () => {
    fc.assert(
      fc.property(values, values, (a, b) => (key(a) === key(b)) === isEqual(a, b)),
      { numRuns: 2_000 },
    )
  })

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), values), (record) => {
        const turned = Object.fromEntries(Object.entries(record).toReversed())
        expect(key(turned)).toBe(key(record))
      }),
    )
  })

  it.each([
    [new Date(5), { $date: 5 }],
    [5n, { $bigint: '5' }],
    [5n, '5n'],
    [undefined, 'undefined'],
    [new Map([[1, 2]]), { $map: [[1, 2]] }],
    [new Uint8Array([1]), { 0: 1 }],
    [new Uint8Array([1, 0]), new Uint16Array([1])],
    [new URL('https://a.example'), new URL('https://b.example')],
    [[undefined], []],
    [0, -0],
    [Number.NaN, null],
  ])('keeps %o apart from %o', (a, b) => {
    expect(key(a)).not.toBe(key(b))
  })

  it('refuses what cannot be told apart, and says what it is', () => {
    class Secret {
      readonly #value = 1
      get one(): number {
        return this.#value
      }
    }
    for (const [value, found] of [
      [{ s: new Secret() }, 'Secret'],
      [[() => 1], 'function'],
      [Symbol('a'), 'symbol'],
    ] as const)
      expect(() => key(value)).toThrow(expect.objectContaining({ code: 'FUL-3017', params: { found } }))
  })
})

describe('the key of an input with one text', () => {
  const schema = z.object({ id: z.string() })
  const keyOf = compileInputKey({ name: 'm.get', input: schema })

  it('is that text', () => {
    expect(keyOf({ id: 'c0ffee' })).toBe('c0ffee')
  })

  it('is different for different texts, whatever they look like', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((id) => JSON.stringify({ id })),
    )
    fc.assert(
      fc.property(texts, texts, (a, b) => (keyOf({ id: a }) === keyOf({ id: b })) === (a === b)),
      { numRuns: 1_000 },
    )
  })

  it('is the whole input where the schema allows more than the text', () => {
    for (const open of [z.looseObject({ id: z.string() }), v.looseObject({ id: v.string() })])
      expect(compileInputKey({ name: 'm.get', input: open })({ id: 'a', more: 1 })).toBe(
        '{"id":"a","more":1}',
      )
    const optional = compileInputKey({ name: 'm.get', input: z.object({ id: z.string().optional() }) })
    expect(new Set([optional({}), optional({ id: '' }), optional({ id: '{}' })]).size).toBe(3)
  })
})

describe('the scope of a key', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.constantFrom('', '-', '!', ';', '1:a', '1:a;', '-1:a;', '2:1:', 'a;1:b;', 'undefined'),
  )
  const principals = fc.option(
    fc.record(
      { id: texts, tenant: texts, roles: fc.uniqueArray(texts, { maxLength: 3 }) },
      { requiredKeys: ['id'] },
    ),
    { nil: undefined },
  )

  it('gives a principal, with its roles, entries that nobody else has', () => {
    const scoped = scopeKey('principal')
    fc.assert(
      fc.property(principals, principals, texts, texts, (a, b, one, other) => {
        const roles = (of: typeof a): readonly string[] => (of?.roles ?? []).toSorted()
        const isSame =
          one === other &&
          (a === undefined) === (b === undefined) &&
          a?.id === b?.id &&
          a?.tenant === b?.tenant &&
          JSON.stringify(roles(a)) === JSON.stringify(roles(b))
        return (scoped(one, a) === scoped(other, b)) === isSame
      }),
      { numRuns: 5_000 },
    )
  })

  it('gives a tenant, and those who are nobody, entries of their own', () => {
    const scoped = scopeKey('tenant')
    fc.assert(
      fc.property(principals, principals, texts, texts, (a, b, one, other) => {
        const isSame = one === other && (a === undefined) === (b === undefined) && a?.tenant === b?.tenant
        return (scoped(one, a) === scoped(other, b)) === isSame
      }),
      { numRuns: 5_000 },
    )
  })

  it('is nobody in particular for public entries', () => {
    expect(scopeKey('public')('k', { id: 'ada' })).toBe(scopeKey('public')('k', undefined))
  })
})

describe('a key in bytes', () => {
  it('stays as different as it was', () => {
    const bytes = (text: string): string => Buffer.from(byteSafe(text), 'utf8').toString('hex')
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800', '\ud801', '\ufffd', '"\\ud800"', '\udc00', '~', ':'),
    )
    fc.assert(
      fc.property(texts, texts, (a, b) => (bytes(a) === bytes(b)) === (a === b)),
      { numRuns: 2_000 },
    )
  })
})
