import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { error, isDomainError, type ErrorDeclaration } from '../../declare/error.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { FetchResponse } from './options.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { isRemoteError, type RemoteError } from './remote-error.ts'

const OutOfStock = error('orders.OutOfStock', { status: 409, data: z.object({ productId: z.string() }) })
const facts = { operation: 'orders.place', errors: [OutOfStock as ErrorDeclaration], budget: '1s' }

function response(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  statusText = '',
): FetchResponse {
  return {
    status,
    statusText,
    headers: { get: (name) => headers[name] ?? null },
    text: () => Promise.resolve(''),
  }
}

const json = { 'content-type': 'application/json; charset=utf-8' }
const problem = { 'content-type': 'application/problem+json', 'x-request-id': 'r1' }
const errorOf = (outcome: Outcome): unknown => ('error' in outcome ? outcome.error : undefined)
const remoteOf = (outcome: Outcome): RemoteError => {
  const found = errorOf(outcome)
  if (!isRemoteError(found)) throw new Error('not a remote error', { cause: found })
  return found
}

describe('a successful response', () => {
  it('is the answer, with what HTTP says about it', () => {
    const headers = { ...json, etag: '"7"', 'fulcrum-source': 'replica', 'x-request-id': 'r1' }
    expect(outcomeOf(response(201, headers), '{"a":1}', facts)).toEqual({
      answer: { data: { a: 1 }, status: 201, etag: '"7"', source: 'replica', requestId: 'r1' },
    })
  })

  it('has no data when it is empty', () => {
    expect(outcomeOf(response(204), '', facts)).toMatchObject({ answer: { data: undefined, status: 204 } })
  })

  it.each([
    ['HTML of a captive portal', { 'content-type': 'text/html' }, '<html>'],
    ['JSON of no stated type', {}, '{}'],
    ['JSON that is cut off', json, '{"a":'],
    ['a lookalike', { 'content-type': 'application/jsonp' }, '{}'],
  ])('is an error when it is %s', (_, headers, text) => {
    const outcome = outcomeOf(response(200, headers), text, facts)
    expect(errorOf(outcome)).toMatchObject({ code: 'FUL-7503', operation: 'orders.place' })
    expect(outcome).toMatchObject({ passing: false })
  })

  it('may have a type with the suffix of JSON', () => {
    expect(
      outcomeOf(response(200, { 'content-type': 'Application/vnd.shop+JSON' }), '1', facts),
    ).toMatchObject({
      answer: { data: 1 },
    })
  })
})

describe('a problem document', () => {
  it('is the declared error where its code is one', () => {
    const text = JSON.stringify({
      status: 409,
      title: 'x',
      code: 'orders.OutOfStock',
      data: { productId: 'p' },
    })
    const found = errorOf(outcomeOf(response(409, problem), text, facts))
    expect(isDomainError(found, OutOfStock)).toBe(true)
    expect(found).toMatchObject({ code: 'orders.OutOfStock', status: 409, data: { productId: 'p' } })
    expect((found as Error).cause).toMatchObject({ requestId: 'r1' })
  })

  it('is a remote error otherwise, with what it says', () => {
    const issues = [{ path: 'items.0.quantity', message: 'too small', in: 'body' }]
    const document = {
      status: 400,
      title: 'T',
      detail: 'D',
      code: 'FUL-2001',
      operation: 'orders.place',
      issues,
    }
    const found = remoteOf(outcomeOf(response(400, problem), JSON.stringify(document), facts))
    expect(found.problem).toEqual(document)
    expect(found).toMatchObject({ code: 'FUL-7504', status: 400, requestId: 'r1' })
    expect(found.message).toBe('FUL-7504 orders.place: The server answered 400 (FUL-2001): D')
    expect(isRemoteError(found, 'FUL-2001')).toBe(true)
    expect(isRemoteError(found, 'FUL-2008')).toBe(false)
  })

  it('is the error of deadlines where it says that the deadline has passed', () => {
    const text = JSON.stringify({ status: 504, title: 'x', code: 'FUL-3001' })
    const found = errorOf(outcomeOf(response(504, problem), text, facts))
    expect(found).toMatchObject({ code: 'FUL-3001', operation: 'orders.place', params: { budget: '1s' } })
  })

  it('is believed over what it says about its status', () => {
    const text = JSON.stringify({ status: 200, title: 'x', code: 'FUL-3000' })
    expect(remoteOf(outcomeOf(response(500, problem), text, facts)).status).toBe(500)
  })
})

describe('an error that is no problem document', () => {
  it.each([
    ['HTML', '<html><h1>502 Bad Gateway</h1>'],
    ['nothing', ''],
    ['JSON that is cut off', '{"title":"T"'],
    ['a list', '[1]'],
    ['members of other types', '{"title":1,"detail":{},"code":[],"issues":"no"}'],
  ])('has the status and its phrase: %s', (_, text) => {
    const found = remoteOf(outcomeOf(response(502, {}, 'Bad Gateway'), text, facts))
    expect(found.problem).toMatchObject({ status: 502, title: 'Bad Gateway' })
    expect(found.problem).not.toHaveProperty('code')
  })

  it('has words for a status without a phrase, and for redirects', () => {
    expect(remoteOf(outcomeOf(response(503), '', facts)).problem.title).toBe('Status 503')
    expect(remoteOf(outcomeOf(response(302), '', facts)).problem.title).toContain('redirects')
    expect(remoteOf(outcomeOf(response(0), '', facts)).problem.title).toContain('redirects')
  })

  it('leaves out issues that are none', () => {
    const text = JSON.stringify({ issues: [{ path: 'a', message: 'b' }, null, 1, { path: 1 }] })
    expect(remoteOf(outcomeOf(response(400), text, facts)).problem.issues).toEqual([
      { path: 'a', message: 'b' },
    ])
  })
})

describe('what may pass', () => {
  it.each([
    [502, true],
    [503, true],
    [504, false],
    [500, false],
    [429, false],
    [404, false],
  ])('%i: %s', (status, passing) => {
    expect(outcomeOf(response(status, { 'retry-after': '2' }), '', facts)).toMatchObject({
      passing,
      retryAfter: '2',
    })
  })
})

describe('whatever a server sends', () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.constant('{"code":"orders.OutOfStock"}'), fc.constant(''))
  const type = fc.constantFrom(
    'application/json',
    'application/problem+json',
    'text/html',
    '',
    ';;',
    'application/',
  )

  it('is an answer or a typed error, and never throws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), text, type, (status, body, contentType) => {
        const outcome = outcomeOf(response(status, { 'content-type': contentType }), body, facts)
        if ('answer' in outcome) expect(status).toBeGreaterThanOrEqual(200)
        else expect(isFulcrumError(outcome.error) || isDomainError(outcome.error)).toBe(true)
      }),
    )
  })
})
