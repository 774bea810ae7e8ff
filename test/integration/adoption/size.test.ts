import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const HERE = fileURLToPath(new URL('./', import.meta.url))
const MOST = 20

interface Change {
  readonly file: string
  readonly added: number
  readonly removed: number
}

/** What git counts: a changed line is one removed and one added, a new file is all of its lines. */
function changes(): Change[] {
  const { stdout } = spawnSync('git', ['diff', '--no-index', '--numstat', 'before', 'after'], {
    cwd: HERE,
    encoding: 'utf8',
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([added, removed, file = '']) => ({ file, added: Number(added), removed: Number(removed) }))
}

test(`an application adopts an operation in at most ${MOST} changed lines`, () => {
  const found = changes()
  expect(found.map(({ file }) => file)).toEqual(['{before => after}/server.ts'])
  const lines = found.reduce((sum, { added, removed }) => sum + added + removed, 0)
  expect(lines).toBeGreaterThan(0)
  expect(lines).toBeLessThanOrEqual(MOST)
})
