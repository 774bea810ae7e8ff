import { expect } from 'vitest'
import { someText } from './matchers.ts'
import type { Answer } from './shop.ts'

/** An RFC 9457 problem with this status and code and, where given, this data. */
export function expectProblem(answer: Answer, status: number, code: string, data?: object): void {
  const expected = { status, code, title: someText, ...(data !== undefined && { data }) }
  expect(answer.body).toMatchObject(expected)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
}

/** A validation error that names `path`. */
export function expectInvalid(answer: Answer, path: string): void {
  expectProblem(answer, 400, 'FUL-2001')
  const { issues } = answer.body as { issues: { path: string }[] }
  expect(issues.some((issue) => `${issue.path}.`.startsWith(`${path}.`))).toBe(true)
}
