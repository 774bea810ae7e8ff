import { describe, expect, it } from 'vitest'
import { fulcrumError } from './fulcrum-error.ts'
import { problemHeaders, toProblem } from './problem.ts'
import type { ErrorRow } from './row.ts'
import { ERRORS, type ErrorCode } from './table.ts'
import { placeholders } from './template.ts'
import { summarise, validationFailed } from './validation.ts'

const SECRET = 'SELECT password FROM account'

describe('toProblem', () => {
  it('maps a request error with everything that it carries', () => {
    const issues = [{ path: 'lines.0.quantity', message: 'expected a number' }]
    const error = validationFailed(issues, { operation: 'orders.place' })
    expect(toProblem(error, { operation: 'ignored', instance: 'urn:uuid:1' })).toEqual({
      type: 'urn:fulcrum:error:FUL-2001',
      title: 'The input is invalid',
      status: 400,
      detail: 'The input is invalid: lines.0.quantity: expected a number.',
      instance: 'urn:uuid:1',
      code: 'FUL-2001',
      operation: 'orders.place',
      issues,
    })
  })

  it.each([new Error(SECRET), SECRET, undefined, null, { message: SECRET, status: 200 }])(
    'hides %o',
    (thrown) => {
      const problem = toProblem(thrown, { operation: 'orders.place' })
      expect(problem).toEqual({
        type: 'urn:fulcrum:error:FUL-3000',
        title: 'Internal error',
        status: 500,
        detail: 'Internal error.',
        code: 'FUL-3000',
        operation: 'orders.place',
      })
    },
  )

  it('shows the values of an error from status 500 on only where its row says so', () => {
    expect(toProblem(fulcrumError('FUL-3001', { budget: '250ms' })).detail).toContain('250ms')
    const hidden = fulcrumError('FUL-3005', { node: 'primary', reason: SECRET }, { cause: new Error(SECRET) })
    expect(JSON.stringify(toProblem(hidden))).not.toContain(SECRET)
  })

  it.each(Object.entries<ErrorRow>(ERRORS))('shows values of %s as its row says', (code, row) => {
    const values = Object.fromEntries(placeholders(row.message).map((name) => [name, SECRET]))
    const params = { ...values, issues: [], allow: [] }
    const problem = toProblem(fulcrumError(code as ErrorCode, params as never))
    const shown = JSON.stringify(problem).includes(SECRET)
    expect(shown).toBe((row.expose ?? row.status < 500) && placeholders(row.message).length > 0)
  })

  it('maps a code of a newer copy of the package to an internal error', () => {
    const newer = Object.defineProperty(fulcrumError('FUL-3001', { budget: '1s' }), 'code', {
      value: 'FUL-3999',
    })
    expect(toProblem(newer)).toMatchObject({
      title: 'Internal error',
      status: 500,
      detail: 'Internal error.',
    })
  })
})

describe('problemHeaders', () => {
  it('says which methods are allowed and when to come back', () => {
    const error = fulcrumError('FUL-2003', { method: 'PUT', path: '/x', allow: ['GET', 'HEAD'] })
    expect(problemHeaders(error)).toEqual({ allow: 'GET, HEAD' })
    expect(problemHeaders(fulcrumError('FUL-3003', {}))).toEqual({ 'retry-after': '1' })
    expect(problemHeaders(new Error('x'))).toEqual({})
  })
})

describe('summarise', () => {
  it('shows three issues and counts the rest', () => {
    const issues = ['a', '', 'b', 'c', 'd'].map((path) => ({ path, message: 'wrong' }))
    expect(summarise(issues)).toBe('a: wrong; wrong; b: wrong; and 2 more')
    expect(summarise(issues.slice(0, 1))).toBe('a: wrong')
  })
})
