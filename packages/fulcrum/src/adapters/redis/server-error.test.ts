import { expect, test } from 'vitest'
import { codeOf, isDenied, isElsewhere, isFull, reasonOf } from './server-error.ts'

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
  [
    "ERR Error running script (call to f_5f): @user_script:7: @user_script: 7: -OOM command not allowed when used memory > 'maxmemory'. ",
    'OOM',
  ],
  [
    'ERR Error running script (call to f_1): @user_script:3: -READONLY You can not write against a read only replica.',
    'READONLY',
  ],
  ['NOSCRIPT No matching script. Please use EVAL.', 'NOSCRIPT'],
  ['LOADING Redis is loading the dataset in memory', 'LOADING'],
  ['MOVED 3999 127.0.0.1:6381', 'MOVED'],
  ['ERR unknown command', 'ERR'],
  ['Socket closed unexpectedly', undefined],
  ['connect ECONNREFUSED 127.0.0.1:6379', undefined],
])('the code of %s is %s', (message, code) => {
  expect(codeOf(new Error(message))).toBe(code)
})

test('what is full, what is denied, and why in one line', () => {
  expect([isFull('MISCONF'), isFull('ERR'), isFull(undefined)]).toEqual([true, false, false])
  expect(isDenied(new Error('WRONGPASS invalid username-password pair'))).toBe(true)
  expect(isDenied(new Error('ERR This instance has cluster support disabled'))).toBe(true)
  expect(isDenied(new Error('LOADING'))).toBe(false)
  // A slot may have been moved since somebody said who has it.
  expect(isDenied(new Error('MOVED 3999 127.0.0.1:6381'))).toBe(false)
  expect(['MOVED', 'ASK', 'READONLY', 'LOADING', undefined].map(isElsewhere)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
  expect(reasonOf(new AggregateError([new Error('connect ECONNREFUSED ::1:6379')]))).toBe(
    'connect ECONNREFUSED ::1:6379',
  )
  expect(reasonOf(new Error(''))).toBe('no reason given')
})
