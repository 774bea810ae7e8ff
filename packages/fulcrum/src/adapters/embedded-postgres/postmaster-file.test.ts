import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPostmasterFile, runningPostmaster } from './postmaster-file.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fulcrum-unit-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

function write(pid: number | string, state: string): void {
  const lines = [pid, directory, 1_700_000_000, 25_432, '', '127.0.0.1', ' 12345 67890', state, '']
  writeFileSync(join(directory, 'postmaster.pid'), lines.join('\n'))
}

test.each(['starting', 'ready   ', 'standby ', 'stopping'])('state "%s"', (state) => {
  write(4711, state)
  expect(readPostmasterFile(directory)).toEqual({ pid: 4711, port: 25_432, state: state.trim() })
})

test('a file that is being written has no state yet', () => {
  writeFileSync(join(directory, 'postmaster.pid'), '4711\n')
  expect(readPostmasterFile(directory)).toEqual({ pid: 4711, port: undefined, state: undefined })
})

test.each(['', '\n', 'none\n', '-12\n', '0\n'])('no pid in %j', (content) => {
  writeFileSync(join(directory, 'postmaster.pid'), content)
  expect(readPostmasterFile(directory)).toBeUndefined()
})

test('no file, no postmaster', () => {
  expect(readPostmasterFile(directory)).toBeUndefined()
  expect(runningPostmaster(directory)).toBeUndefined()
})

test('a pid that belongs to another program is no postmaster', () => {
  write(process.pid, 'ready')
  expect(runningPostmaster(directory)).toBeUndefined()
})
