import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NODE_SETTINGS, writeSettings } from './settings.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fulcrum-unit-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

function written(name: string): string[] {
  const lines = readFileSync(join(directory, name), 'utf8').split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}

test('values are quoted so that no value ends early', () => {
  writeSettings(directory, { a: "it's", b: 'back\\slash', c: true, d: false, e: 7, f: '' })
  expect(written('postgresql.conf')).toEqual([
    "a = 'it''s'",
    "b = 'back\\\\slash'",
    'c = on',
    'd = off',
    "e = '7'",
    "f = ''",
  ])
})

test('everybody has to give a password, and only the loopback interface is served', () => {
  writeSettings(directory, NODE_SETTINGS)
  for (const line of written('pg_hba.conf'))
    expect(line).toMatch(/^host \w+ all 127\.0\.0\.1\/32 scram-sha-256$/)
  expect(written('postgresql.conf')).toContain("listen_addresses = '127.0.0.1'")
  expect(written('postgresql.conf')).toContain("unix_socket_directories = ''")
})
