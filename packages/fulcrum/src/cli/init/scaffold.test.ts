import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packageName, scaffold } from './scaffold.ts'

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function manifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

const workspace = fileURLToPath(new URL('../../../../../', import.meta.url))
let directory: string
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'scaffold-'))))
afterEach(() => rmSync(directory, { recursive: true }))

describe('scaffold', () => {
  it('writes the project under the name of the directory', () => {
    const target = join(directory, 'My Shop')
    const { name, files } = scaffold(target)
    expect(name).toBe('my-shop')
    expect(files).toContain('.gitignore')
    expect(files).not.toContain('gitignore')
    for (const file of files) expect(readFileSync(join(target, file), 'utf8')).not.toContain('service-name')
    expect(manifest(join(target, 'package.json'))).toMatchObject({ name: 'my-shop', private: true })
  })

  it('accepts a directory with nothing but a repository', () => {
    mkdirSync(join(directory, '.git'))
    expect(scaffold(directory).files).toContain('package.json')
  })

  it('overwrites nothing', () => {
    writeFileSync(join(directory, 'precious.txt'), 'keep me')
    expect(() => scaffold(directory)).toThrow(expect.objectContaining({ code: 'FUL-6005' }))
    expect(() => scaffold(directory)).toThrow('precious.txt')
  })

  it('asks for the versions that Fulcrum is tested with', () => {
    scaffold(join(directory, 'a'))
    const { dependencies, devDependencies, optionalDependencies } = manifest(
      join(directory, 'a/package.json'),
    )
    const own = manifest(join(workspace, 'packages/fulcrum/package.json'))
    const root = manifest(join(workspace, 'package.json'))
    const tested = { ...root.devDependencies, ...own.devDependencies, fulcrum: `^${own.version}` }
    expect(tested).toMatchObject({ ...dependencies, ...devDependencies })
    const shop = manifest(join(workspace, 'examples/shop/package.json')).optionalDependencies
    expect(new Set(Object.values(optionalDependencies ?? {}))).toEqual(new Set(Object.values(shop ?? {})))
  })
})

describe('packageName', () => {
  it.each([
    ['shop', 'shop'],
    ['/a/b/My Shop!', 'my-shop'],
    ['.hidden', 'hidden'],
    ['Ünïcode', 'n-code'],
    ['!!!', 'service'],
  ])('%j becomes %j', (path, name) => {
    expect(packageName(path)).toBe(name)
  })
})
