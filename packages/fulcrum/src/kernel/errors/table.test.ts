import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderErrorReference } from './reference.ts'
import type { ErrorRow } from './row.ts'
import { BOOT_ERRORS } from './rows/boot.ts'
import { CLI_ERRORS } from './rows/cli.ts'
import { EMBEDDED_ERRORS } from './rows/embedded.ts'
import { HTTP_ERRORS } from './rows/http.ts'
import { JOB_ERRORS } from './rows/jobs.ts'
import { POSTGRES_ERRORS } from './rows/postgres.ts'
import { REMOTE_ERRORS } from './rows/remote.ts'
import { REQUEST_ERRORS } from './rows/request.ts'
import { RUNTIME_ERRORS } from './rows/runtime.ts'
import { STEP_ERRORS } from './rows/steps.ts'
import { TESTING_ERRORS } from './rows/testing.ts'
import { ERRORS } from './table.ts'
import { placeholders } from './template.ts'

const ranges = {
  1: BOOT_ERRORS,
  2: REQUEST_ERRORS,
  3: RUNTIME_ERRORS,
  31: JOB_ERRORS,
  32: STEP_ERRORS,
  33: REMOTE_ERRORS,
  4: POSTGRES_ERRORS,
  5: EMBEDDED_ERRORS,
  6: CLI_ERRORS,
  7: HTTP_ERRORS,
  8: TESTING_ERRORS,
}
const rows = Object.entries<ErrorRow>(ERRORS)

describe('the error table', () => {
  it.each(Object.entries(ranges))('has the codes of range %s in one file, in order', (digit, range) => {
    const codes = Object.keys(range)
    expect(
      codes.filter(
        (code) => !new RegExp(`^FUL-${digit.padEnd(4, 'd').replaceAll('d', String.raw`\d`)}$`).test(code),
      ),
    ).toEqual([])
    expect(codes).toEqual(codes.toSorted())
  })

  it('contains every range', () => {
    const all = Object.values(ranges).flatMap((range) => Object.keys(range))
    expect(Object.keys(ERRORS).toSorted()).toEqual(all.toSorted())
    expect(all.length).toBeGreaterThan(40)
  })

  it('has unique names', () => {
    const names = rows.map(([, row]) => row.name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it.each(rows)('%s is complete', (_, row) => {
    expect(row.name).toMatch(/^([A-Z][a-z]*)+$/)
    expect(row.status).toBeGreaterThanOrEqual(400)
    expect(row.status).toBeLessThan(600)
    expect(row.title).toMatch(/^[A-Z].*[^.]$/)
    expect(row.title).not.toMatch(/[{}]/)
    for (const text of [row.message, row.cause, row.fix]) expect(text.trim()).toBe(text)
    for (const text of [row.cause, row.fix]) expect(text).toMatch(/^[A-Z`].{8,}\.$/s)
    // What passes by itself: a call that is still running (409), and what the server is at fault for.
    if (row.retryAfter !== undefined) expect(row.status === 409 || row.status >= 429).toBe(true)
  })

  it.each(rows)('%s has only well-formed placeholders, none of which an extension hides', (_, row) => {
    const names = placeholders(row.message)
    for (const name of names) expect(name).toMatch(/^[a-z][a-zA-Z]*$/)
    expect(names.filter((name) => row.carries?.some((key) => key === name))).toEqual([])
    expect(row.message.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/)
  })
})

describe('the error reference', () => {
  it('agrees with the table', () => {
    const page = readFileSync(new URL('../../../../../docs/reference/errors.md', import.meta.url), 'utf8')
    const hint =
      'docs/reference/errors.md differs from the error table; run: node scripts/render-error-reference.ts'
    expect(page === renderErrorReference(), hint).toBe(true)
  })

  it('documents every code with its placeholders', () => {
    const page = renderErrorReference()
    for (const [code, row] of rows) {
      const start = page.indexOf(`### ${code} ${row.name}\n`)
      const entry = page.slice(start, page.indexOf('\n### ', start + 1))
      expect(start, code).toBeGreaterThan(0)
      for (const name of placeholders(row.message)) expect(entry).toContain(`\`${name}\``)
    }
  })
})
