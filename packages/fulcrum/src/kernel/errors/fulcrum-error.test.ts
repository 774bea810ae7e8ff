import { describe, expect, expectTypeOf, it } from 'vitest'
import { type FulcrumError, fulcrumError, isFulcrumError } from './fulcrum-error.ts'
import { type ErrorParams, fill, type ParamValue, placeholders } from './template.ts'

const unknownField = {
  field: 'contract.cahce',
  hint: ' Did you mean "cache"?',
  allowed: ['cache', 'latency'],
}

describe('fulcrumError', () => {
  it('names code, operation and values in the message', () => {
    const error = fulcrumError('FUL-1001', unknownField, { operation: 'orders.place' })
    expect(error.message).toBe(
      'FUL-1001 orders.place: contract.cahce is not a field. Did you mean "cache"? Allowed: cache, latency.',
    )
    expect(error).toMatchObject({
      name: 'UnknownField',
      code: 'FUL-1001',
      status: 500,
      operation: 'orders.place',
      field: 'contract.cahce',
      detail: 'contract.cahce is not a field. Did you mean "cache"? Allowed: cache, latency.',
      params: unknownField,
    })
    expect(error.stack).toContain('fulcrum-error.test.ts')
  })

  it('keeps a cause, and has none unless one is given', () => {
    const cause = new Error('cause')
    expect(fulcrumError('FUL-3000', {}, { cause }).cause).toBe(cause)
    expect('cause' in fulcrumError('FUL-3000', {})).toBe(false)
  })

  it('does not let anybody change the parameters', () => {
    const params = { ...unknownField }
    const error = fulcrumError('FUL-1001', params)
    params.field = 'other'
    expect(error.params.field).toBe('contract.cahce')
    expect(Object.isFrozen(error.params)).toBe(true)
  })

  it('spares the stack where the row says so, and only there', () => {
    const before = Error.stackTraceLimit
    const error = fulcrumError('FUL-3001', { budget: '1s' })
    expect(error.stack).not.toContain('\n')
    expect(Error.stackTraceLimit).toBe(before)
    expect(fulcrumError('FUL-3000', {}).stack).toContain('\n')
  })

  it('serialises without stack and cause', () => {
    const error = fulcrumError('FUL-3005', { node: 'primary', reason: 'reset' }, { cause: new Error('x') })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'ConnectionLost',
      code: 'FUL-3005',
      status: 503,
      message: 'FUL-3005 The connection to primary was lost: reset.',
      params: { node: 'primary', reason: 'reset' },
    })
  })

  it('types the parameters from the message', () => {
    expectTypeOf<ErrorParams<'FUL-3001'>>().toEqualTypeOf<{ readonly budget: ParamValue }>()
    expectTypeOf<ErrorParams<'FUL-2003'>['allow']>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<FulcrumError<'FUL-3001'>>().toExtend<FulcrumError>()
    expectTypeOf<FulcrumError>().not.toExtend<FulcrumError<'FUL-3001'>>()
    // @ts-expect-error the placeholder is called budget
    fulcrumError('FUL-3001', { limit: '1s' })
    // @ts-expect-error a placeholder is missing
    fulcrumError('FUL-1001', { field: 'a', allowed: 'b' })
    // @ts-expect-error no such code
    expect(() => fulcrumError('FUL-9999', {})).toThrow(TypeError)
  })
})

describe('isFulcrumError', () => {
  it('recognises errors, by code if one is given', () => {
    const error: unknown = fulcrumError('FUL-3001', { budget: '1s' })
    expect(isFulcrumError(error)).toBe(true)
    expect(isFulcrumError(error, 'FUL-3001')).toBe(true)
    expect(isFulcrumError(error, 'FUL-3002')).toBe(false)
    if (isFulcrumError(error, 'FUL-3001')) expectTypeOf(error).toEqualTypeOf<FulcrumError<'FUL-3001'>>()
  })

  it('recognises errors of another copy of the package', async () => {
    // The query makes Vite evaluate the module a second time.
    const path = './fulcrum-error.ts?copy'
    const copy = (await import(path)) as typeof import('./fulcrum-error.ts')
    const foreign = copy.fulcrumError('FUL-3003', {})
    expect(copy.FulcrumError).not.toBe(fulcrumError('FUL-3003', {}).constructor)
    expect(isFulcrumError(foreign, 'FUL-3003')).toBe(true)
  })

  it.each([
    undefined,
    null,
    'FUL-3001',
    new Error('FUL-3001'),
    { code: 'FUL-3001', name: 'DeadlineExceeded' },
  ])('is not fooled by %o', (value) => expect(isFulcrumError(value)).toBe(false))
})

describe('templates', () => {
  it('lists placeholders once, in order', () => {
    expect(placeholders('{b} {a} {b} {} { c } {d1}')).toEqual(['b', 'a', 'd1'])
  })

  it('inserts values as they are', () => {
    expect(fill('{a} and {b}', { a: '$& {b} $1', b: [1, 'x'] })).toBe('$& {b} $1 and 1, x')
    expect(fill('{a}{b}', { a: false, b: 10n })).toBe('false10')
  })
})
