import { describe, expect, it } from 'vitest'
import { bootError } from '../../kernel/errors/boot-error.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { errorJson } from './error-json.ts'
import { docsOf, type ErrorView, showError } from './error.ts'

const plain: ErrorView = { verbose: false, width: 80, paint: (_, text) => text }

function refused(): ReturnType<typeof fulcrumError> {
  return fulcrumError(
    'FUL-1002',
    { field: 'contract.latency.deadline', found: '"soon"', allowed: "a duration such as '250ms'" },
    { operation: 'profiles.get' },
  )
}

describe('an error of boot', () => {
  it('has operation, field, what was found, what is allowed and the place in the reference on lines of their own', () => {
    expect(showError(bootError([refused()]), plain).join('\n')).toMatchInlineSnapshot(`
      "The application is refused for 1 reason:

      FUL-1002 A declared value is not allowed
        operation  profiles.get
        field      contract.latency.deadline
        found      "soon"
        allowed    a duration such as '250ms'
        fix        Use one of the allowed values.
        docs       docs/reference/errors.md#ful-1002-invalidvalue"
    `)
  })

  it('shows every reason', () => {
    const other = fulcrumError('FUL-1001', {
      field: 'contract.cach',
      hint: ' Did you mean "cache"?',
      allowed: ['cache'],
    })
    const shown = showError(bootError([refused(), other]), plain).join('\n')
    expect(shown).toContain('2 reasons')
    expect(shown).toContain('hint     Did you mean "cache"?')
  })
})

describe('another error of Fulcrum', () => {
  it('is a sentence, what to do, and the cause in the words of whoever caused it', () => {
    const cause = new SyntaxError('Unexpected token')
    cause.stack =
      'file:///app/api.ts:3\nconst =\n      ^\nSyntaxError: Unexpected token\n    at node:internal/modules'
    const error = fulcrumError('FUL-6002', { path: '/app/api.ts', reason: 'it threw' }, { cause })
    const shown = showError(error, plain).join('\n')
    expect(shown).toContain('/app/api.ts could not be loaded: it threw.')
    expect(shown).toContain('  file:///app/api.ts:3\n  const =\n        ^\n  SyntaxError: Unexpected token')
    expect(shown).not.toContain('node:internal')
  })
})

describe('an unexpected error', () => {
  const error = new TypeError('x is not a function')
  error.stack =
    'TypeError: x is not a function\n    at own (/app/module.ts:1:1)\n    at other (/app/node_modules/pg/a.js:2:2)'

  it('shows the lines of the application and how to see the rest', () => {
    const shown = showError(error, plain).join('\n')
    expect(shown).toContain('/app/module.ts:1:1')
    expect(shown).not.toContain('node_modules')
    expect(shown).toContain('--verbose')
  })

  it('shows everything when asked to', () => {
    const shown = showError(error, { ...plain, verbose: true }).join('\n')
    expect(shown).toContain('node_modules/pg')
    expect(shown).not.toContain('--verbose')
  })

  it('need not be an Error', () => {
    expect(showError({ odd: true }, plain).join('\n')).toContain('{ odd: true }')
  })
})

it('names the heading of the error reference', () => {
  expect(docsOf(refused())).toBe('docs/reference/errors.md#ful-1002-invalidvalue')
})

it('is a document for machines', () => {
  expect(errorJson(refused())).toEqual({
    code: 'FUL-1002',
    name: 'InvalidValue',
    operation: 'profiles.get',
    field: 'contract.latency.deadline',
    message: 'contract.latency.deadline is "soon". Allowed: a duration such as \'250ms\'.',
    params: { field: 'contract.latency.deadline', found: '"soon"', allowed: "a duration such as '250ms'" },
    docs: 'docs/reference/errors.md#ful-1002-invalidvalue',
  })
})
