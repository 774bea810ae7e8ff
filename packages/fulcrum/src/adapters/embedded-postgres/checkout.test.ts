import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkoutOf, homeOf } from './checkout.ts'

let top: string

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'fulcrum-unit-')))
})

afterEach(() => rmSync(top, { recursive: true }))

function make(path: string): string {
  const directory = join(top, path)
  mkdirSync(directory, { recursive: true })
  return directory
}

describe('checkoutOf', () => {
  test('is the repository, from wherever in it', () => {
    make('repository/.git')
    const deep = make('repository/apps/shop/src')
    writeFileSync(join(top, 'repository/apps/shop/package.json'), '{}')
    expect(checkoutOf(deep)).toBe(join(top, 'repository'))
  })

  test('is the nearest directory with a lock file where that is nearer than the repository', () => {
    make('repository/.git')
    const deep = make('repository/services/billing/src')
    writeFileSync(join(top, 'repository/services/billing/pnpm-lock.yaml'), '')
    expect(checkoutOf(deep)).toBe(join(top, 'repository/services/billing'))
  })

  test('is the same through a symbolic link', () => {
    make('repository/.git')
    symlinkSync(join(top, 'repository'), join(top, 'alias'))
    expect(checkoutOf(join(top, 'alias'))).toBe(join(top, 'repository'))
  })

  test('is the package where there is neither, and else the directory itself', () => {
    const source = make('package/src')
    expect(checkoutOf(source)).toBe(source)
    writeFileSync(join(top, 'package/package.json'), '{}')
    expect(checkoutOf(source)).toBe(join(top, 'package'))
  })
})

test('homeOf is in the checkout where PostgreSQL gets there', () => {
  const checkout = make('checkout')
  // mkdtemp makes directories that only their owner may enter: of no consequence for the owner, closed for PostgreSQL under root.
  const isRoot = process.getuid?.() === 0
  expect(homeOf(checkout) === join(checkout, '.fulcrum', 'postgres')).toBe(!isRoot)
  expect(homeOf(checkout)).toBe(homeOf(checkout))
  expect(homeOf(checkout)).not.toBe(homeOf(make('elsewhere/checkout')))
})
