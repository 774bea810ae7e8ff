import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Filled, Filling } from './fill-local-tier.ts'

const program = fileURLToPath(new URL('fill-local-tier.ts', import.meta.url))
const PLAIN: Filling = { tags: 0, text: 20, shared: false, snapshots: false }

async function filled(filling: Filling): Promise<Filled> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    program,
    JSON.stringify(filling),
  ])
  return JSON.parse(stdout) as Filled
}

describe('what the local tier says that it takes', () => {
  it.each([
    ['small answers', PLAIN],
    ['answers with a tag', { ...PLAIN, tags: 1 }],
    ['answers with three tags', { ...PLAIN, tags: 3 }],
    ['answers of some kilobytes', { ...PLAIN, tags: 1, text: 1_000 }],
    ['labels of followed answers', { ...PLAIN, tags: 1, snapshots: true }],
    ['small answers of the shared cache', { ...PLAIN, tags: 1, shared: true }],
    ['large answers of the shared cache', { ...PLAIN, tags: 1, text: 1_000, shared: true }],
  ])('is what it takes of the heap, within 15 in a hundred, with %s', async (_name, filling) => {
    const { counted, heap, entries } = await filled(filling)
    expect(entries).toBeGreaterThan(1_000)
    expect(counted / heap).toBeGreaterThan(0.87)
    expect(counted / heap).toBeLessThan(1.15)
  })
})
