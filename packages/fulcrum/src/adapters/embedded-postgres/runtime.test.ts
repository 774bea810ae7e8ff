import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PlatformPackage } from './platform-package.ts'
import { installRuntime } from './runtime.ts'

let top: string
let source: PlatformPackage

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'fulcrum-unit-'))
  const native = join(top, 'package', 'native')
  source = { version: '18.4.0', major: 18, native }
  mkdirSync(join(native, 'bin'), { recursive: true })
  mkdirSync(join(native, 'lib'))
  writeFileSync(join(native, 'bin', 'postgres'), 'program')
  chmodSync(join(native, 'bin', 'postgres'), 0o755)
  writeFileSync(join(native, 'lib', 'libx.so.1.2'), 'library')
  const links = [{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links))
})

afterEach(() => rmSync(top, { recursive: true }))

test('a runtime has the programs and the links that the package lacks', () => {
  const runtime = installRuntime(source, join(top, 'runtime'))
  expect(runtime).toEqual({ version: '18.4.0', major: 18, bin: join(top, 'runtime', '18.4.0', 'bin') })
  expect(readFileSync(join(runtime.bin, 'postgres'), 'utf8')).toBe('program')
  const link = join(top, 'runtime', '18.4.0', 'lib', 'libx.so.1')
  expect(readlinkSync(link)).toBe('libx.so.1.2')
  expect(readFileSync(link, 'utf8')).toBe('library')
  expect(existsSync(join(source.native, 'lib', 'libx.so.1'))).toBe(false)
})

test('what others may use is linked, what they may not is copied for them', () => {
  chmodSync(join(source.native, 'lib', 'libx.so.1.2'), 0o600)
  const { bin } = installRuntime(source, join(top, 'runtime'))
  expect(statSync(join(bin, 'postgres')).ino).toBe(statSync(join(source.native, 'bin', 'postgres')).ino)
  const library = statSync(join(bin, '..', 'lib', 'libx.so.1.2'))
  expect(library.mode & 0o777).toBe(0o644)
  expect(statSync(join(source.native, 'lib', 'libx.so.1.2')).mode & 0o777).toBe(0o600)
})

test('a program that only its owner may run is copied for everybody', () => {
  chmodSync(join(source.native, 'bin', 'postgres'), 0o700)
  const { bin } = installRuntime(source, join(top, 'runtime'))
  expect(statSync(join(bin, 'postgres')).mode & 0o777).toBe(0o755)
})

test('an interrupted installation is no runtime, and is cleared away', () => {
  mkdirSync(join(top, 'runtime', '.18.4.0.1-1.new', 'bin'), { recursive: true })
  const { bin } = installRuntime(source, join(top, 'runtime'))
  expect(existsSync(join(bin, 'postgres'))).toBe(true)
  expect(readdirSync(join(top, 'runtime'))).toEqual(['18.4.0'])
})

test('a runtime that is there is left alone', () => {
  const { bin } = installRuntime(source, join(top, 'runtime'))
  const before = lstatSync(bin).ctimeMs
  expect(installRuntime(source, join(top, 'runtime')).bin).toBe(bin)
  expect(lstatSync(bin).ctimeMs).toBe(before)
})
