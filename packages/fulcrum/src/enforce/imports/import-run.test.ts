import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Checkpoint } from '../../ports/import-log.ts'
import { ImportRun } from './import-run.ts'
import { linesOf } from './lines.ts'

const Cut = new Error('cut off')

/** What is in the database: rows, and how far they are. */
class World {
  readonly rows: unknown[] = []
  kept: Checkpoint | undefined

  /** Imports until so many batches are committed, or to its end. */
  async import(input: readonly number[], batches: number): Promise<unknown> {
    let left = batches
    const run = new ImportRun({
      id: 'id',
      operation: 'm.import',
      ttl: 1,
      size: 3,
      bytes: 20,
      check: (line) => {
        const row = Number(new TextDecoder().decode(line))
        return row % 5 === 0 ? { message: 'a fifth' } : { row }
      },
      apply: async (rows, checkpoint) => {
        if (left === 0) throw Cut
        left -= 1
        this.rows.push(...rows)
        this.kept = checkpoint
      },
    })
    try {
      return await run.run(linesOf(input, 'm.import'), this.kept)
    } catch (error) {
      if (error === Cut) return 'cut off'
      throw error
    }
  }
}

const rows = fc.array(fc.nat(100_000), { maxLength: 40 })

test('wherever it is cut off, and however often, it comes to the same', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.array(fc.nat(4)), async (input, cuts) => {
      const whole = new World()
      const expected = await whole.import(input, Infinity)
      const cut = new World()
      for (const batches of cuts) await cut.import(input, batches)
      expect(await cut.import(input, Infinity)).toEqual(expected)
      expect(cut.rows).toEqual(whole.rows)
    }),
  )
})

test('another input is never taken for the one that was begun', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(4), fc.nat(), async (input, batches, place) => {
      const world = new World()
      await world.import(input, batches)
      const done = world.kept?.line ?? 0
      fc.pre(done > 0)
      const other = input.with(place % done, (input[place % done] ?? 0) + 1)
      await expect(world.import(other, Infinity)).rejects.toThrow('FUL-2015')
      await expect(world.import(input.slice(0, done - 1), Infinity)).rejects.toThrow('FUL-2015')
    }),
  )
})
