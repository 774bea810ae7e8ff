import { isDomainError, type RequestFacts } from 'fulcrum'
import { expect, test } from 'vitest'
import { InvalidCustomerId, principalOf } from './principal.ts'

function requestWith(header: string | undefined): RequestFacts {
  return {
    method: 'GET',
    path: '/',
    raw: undefined,
    header: (name) => (name === 'x-customer-id' ? header : undefined),
  }
}

test('callers are who they say, or anonymous', () => {
  const id = 'C0000000-0000-4000-8000-000000000001'
  expect(principalOf(requestWith(id))).toEqual({ id: id.toLowerCase() })
  expect(principalOf(requestWith(undefined))).toBeUndefined()
})

test.each(['', 'me', '1', 'c0000000-0000-4000-8000-00000000000x'])('%j is nobody', (header) => {
  expect.assertions(1)
  try {
    void principalOf(requestWith(header))
  } catch (error) {
    expect(isDomainError(error, InvalidCustomerId)).toBe(true)
  }
})
