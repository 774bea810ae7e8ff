import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY } from './folder.ts'
import { everyPage, readPage } from './markdown.ts'

/** What only makes sense on the machine, or in the network, where a page was written. */
const FORBIDDEN: readonly [string, RegExp][] = [
  ['a path of a machine', /(?<![\w.:/])\/(?:home|root|Users|work|tmp|private|mnt|opt)\/[\w.-]+/],
  ['a path of a machine', /[A-Z]:\\\\?[A-Za-z]/],
  ['a private address', /\b(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\b/],
  ['a package registry', /https?:\/\/[^\s)/]*(?:registry|artifactory|nexus|verdaccio|pypi|proxy)[^\s)]*/i],
]

function findings(text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    FORBIDDEN.flatMap(([what, pattern]) => {
      const [found] = pattern.exec(line) ?? []
      return found === undefined ? [] : [`line ${index + 1}: ${what}: ${found}`]
    }),
  )
}

test.each(everyPage())('%s stands on its own', (path) => {
  const text = readPage(path)
  expect(findings(text)).toEqual([])
  expect(text).not.toContain(REPOSITORY)
  if (homedir() !== '/') expect(text).not.toContain(`${homedir()}/`)
})

test('what is forbidden is found', () => {
  const bad = [
    'see /home/anna/notes',
    'C:\\Users',
    'http://10.0.0.7/',
    'https://registry.example.com/fulcrum',
  ]
  expect(findings(bad.join('\n'))).toHaveLength(4)
  expect(
    findings('GET /products\nhttps://www.npmjs.com/package/fulcrum\n127.0.0.1:4000\n/var/lib/postgresql'),
  ).toEqual([])
})

test('tracked files are not missed', () => {
  const tracked = execFileSync('git', ['ls-files', '*.md'], { cwd: REPOSITORY, encoding: 'utf8' })
  const pages = new Set(everyPage())
  for (const path of tracked.split('\n').filter((each) => each !== '' && exists(each)))
    expect(pages).toContain(path)
})

function exists(path: string): boolean {
  try {
    readFileSync(join(REPOSITORY, path))
    return true
  } catch {
    return false
  }
}
