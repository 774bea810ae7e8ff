import { expect } from 'vitest'
import { someText } from './matchers.ts'
import type { Answer } from './shop.ts'

/** An RFC 9457 problem with this status and code, and these members. */
export function expectProblem(answer: Answer, status: number, code: string, members: object = {}): void {
  expect(answer.body).toMatchObject({ status, code, title: someText, ...members })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
}

/** A validation error that names `path`. */
export function expectInvalid(answer: Answer, path: string): void {
  expectProblem(answer, 400, 'FUL-2001')
  const { issues } = answer.body as { issues: { path: string }[] }
  expect(issues.some((issue) => `${issue.path}.`.startsWith(`${path}.`))).toBe(true)
}
