import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { besides, discard, findUnfinished, openLog, writeOwned } from './files.ts'

let top: string

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'fulcrum-unit-'))
})

afterEach(() => rmSync(top, { recursive: true }))

describe('writeOwned', () => {
  test('lets nobody else read the file, leaves nothing beside it', () => {
    const path = join(top, 'secret')
    writeFileSync(path, 'old', { mode: 0o644 })
    writeOwned(path, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(top)).toEqual(['secret'])
  })

  test('replaces a link instead of writing where it leads', () => {
    const [victim, path] = [join(top, 'victim'), join(top, 'postgresql.conf')]
    writeFileSync(victim, 'precious')
    symlinkSync(victim, path)
    writeOwned(path, 'settings')
    expect(readFileSync(victim, 'utf8')).toBe('precious')
    expect(readFileSync(path, 'utf8')).toBe('settings')
  })
})

test('a log that is a link is not opened', () => {
  const path = join(top, 'primary.log')
  symlinkSync(join(top, 'victim'), path)
  expect(() => openLog(path)).toThrow(expect.objectContaining({ code: 'ELOOP' }))
})

test('what is unfinished is found by the name of what it was to be, and nothing else', () => {
  for (const name of ['primary', 'replica_1', 'ports.json']) mkdirSync(besides(join(top, name), 'new'))
  mkdirSync(besides(join(top, 'primary'), 'old'))
  for (const name of ['primary', '.primary.keep', 'replica_1.new']) mkdirSync(join(top, name))
  const found = findUnfinished(top, /^(primary|replica_\d+)$/)
  expect(found.map((path) => path.replace(/\d+-\d+/, '#')).sort()).toEqual(
    ['.primary.#.new', '.primary.#.old', '.replica_1.#.new'].map((name) => join(top, name)),
  )
})

test('discard removes a directory with its content, and does not mind that there is none', () => {
  const path = join(top, 'primary')
  mkdirSync(join(path, 'base'), { recursive: true })
  discard(path)
  expect(existsSync(path)).toBe(false)
  expect(readdirSync(top)).toEqual([])
  discard(path)
})
