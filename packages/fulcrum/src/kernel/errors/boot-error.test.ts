import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { bootError, isBootError } from './boot-error.ts'
import { fulcrumError } from './fulcrum-error.ts'

const first = fulcrumError(
  'FUL-1002',
  { field: 'contract.latency.deadline', found: '"soon"', allowed: 'a duration' },
  { operation: 'orders.place' },
)
const second = fulcrumError('FUL-1013', { setting: 'DATABASE_URL', allowed: 'a PostgreSQL URL' })

it('lists every reason on a line of its own', () => {
  const error = bootError([first, second])
  expect(error.message.split('\n')).toEqual([
    'FUL-1000 The application was refused at boot for 2 reason(s):',
    '  - FUL-1002 orders.place: contract.latency.deadline is "soon". Allowed: a duration.',
    '  - FUL-1013 DATABASE_URL is not set. Allowed: a PostgreSQL URL.',
  ])
  expect(error.errors).toEqual([first, second])
})

it('flattens boot errors', () => {
  expect(bootError([bootError([first]), second]).errors).toEqual([first, second])
})

it('is recognised', () => {
  expect(isBootError(bootError([first]))).toBe(true)
  expect(isBootError(first)).toBe(false)
})

it('is short where nobody catches it: what is wrong with each operation, without how that was found out', () => {
  const refusals = [first, fulcrumError('FUL-1002', { field: 'a', found: 'b', allowed: 'c' })]
  const printed = inspect(bootError(refusals), { customInspect: false })
  expect(printed).not.toContain('params')
  expect(printed.split(first.detail)).toHaveLength(3)
  expect(printed.match(/^\s+at /gm)?.length ?? 0).toBeLessThanOrEqual(Error.stackTraceLimit)
})
