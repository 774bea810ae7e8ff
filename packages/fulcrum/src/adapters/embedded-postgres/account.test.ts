import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { canTraverse, serverAccount } from './account.ts'

const STRANGER = { uid: 54_321, gid: 54_321 }
let top: string

beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'fulcrum-unit-'))
  mkdirSync(join(top, 'inner'))
})

afterAll(() => rmSync(top, { recursive: true }))

test.each([
  [0o700, false],
  [0o710, false],
  [0o711, true],
  [0o755, true],
  [0o744, false],
])('a stranger passes a directory with mode %o: %s', (mode, expected) => {
  chmodSync(top, mode)
  expect(canTraverse(STRANGER, join(top, 'inner'))).toBe(expected)
  expect(canTraverse(STRANGER, join(top, 'inner', 'not', 'there', 'yet'))).toBe(expected)
})

test('the owner and the group pass by their own bits, not by those of others', () => {
  const { uid, gid } = statSync(top)
  chmodSync(top, 0o701)
  expect(canTraverse({ uid: STRANGER.uid, gid }, top)).toBe(false)
  chmodSync(top, 0o617)
  expect(canTraverse({ uid, gid: STRANGER.gid }, top)).toBe(false)
  chmodSync(top, 0o710)
  expect(canTraverse({ uid: STRANGER.uid, gid }, top)).toBe(true)
})

test('PostgreSQL never runs as root, and as nobody else where this process is not root', () => {
  const account = serverAccount(top)
  if (process.getuid?.() === 0) expect(account?.uid).toBeGreaterThan(0)
  else expect(account).toBeUndefined()
})
