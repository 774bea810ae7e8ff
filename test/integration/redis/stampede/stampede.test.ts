import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RedisServer } from '../redis-server.ts'
import { type Instance, startInstances } from './instances.ts'
import type { Asked } from './protocol.ts'

const LOADER_MS = 50
/**
 * A lease is for 150 ms and renewed every 50: an owner that was held up for longer than the rest has lost it, as it should, and somebody else reads.
 * Such a round says nothing about the rule, and is gone through again.
 */
const MOST_STALL_MS = 60
const MOST_ROUNDS = 30

interface Round {
  readonly loads: number
  readonly answers: readonly Asked[]
}

describe('a thousand readers of one cold key', () => {
  let server: RedisServer
  const instances: Instance[] = []
  let rounds = 0

  beforeAll(async () => {
    server = await RedisServer.start()
    instances.push(...(await startInstances(4, server.url)))
  }, 60_000)

  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance[Symbol.asyncDispose]()))
    await server[Symbol.asyncDispose]()
  })

  async function readAtOnce(askers: readonly Instance[]): Promise<Round> {
    const key = `round ${(rounds += 1)}`
    const readers = 1_000 / askers.length
    const answers = await Promise.all(askers.map((asker) => asker.ask({ key, readers, takes: LOADER_MS })))
    return { loads: loadsOf(key), answers }
  }

  /** All calls of the loader for a key, whoever made them. */
  function loadsOf(key: string): number {
    return instances.reduce((sum, instance) => sum + instance.loads(key), 0)
  }

  it.each([
    ['one process', 1],
    ['four processes', 4],
  ])(
    'in %s are answered by one call of the loader',
    async (_where, count) => {
      for (let round = 1; ; round += 1) {
        const { loads, answers } = await readAtOnce(instances.slice(0, count))
        expect(answers.flatMap(({ errors }) => errors)).toEqual([])
        const values = answers.flatMap((answer) => Object.entries(answer.values))
        expect(values.reduce((sum, [, readers]) => sum + readers, 0)).toBe(1_000)
        if (Math.max(...answers.map(({ stall }) => stall)) > MOST_STALL_MS && round < MOST_ROUNDS) continue
        expect(loads).toBe(1)
        expect(new Set(values.map(([value]) => value)).size).toBe(1)
        return
      }
    },
    60_000,
  )

  it('are answered by one more call where the owner is killed in the middle of its own', async () => {
    for (let round = 1; ; round += 1) {
      const [owner] = await startInstances(1, server.url)
      if (owner === undefined) throw new Error('unreachable')
      const key = `owner ${round}`
      // Longer than anybody waits for anything here.
      owner.begin({ key, readers: 1, takes: 60_000 })
      await expect.poll(() => owner.loads(key), { timeout: 10_000 }).toBe(1)
      const asked = instances.map((instance) => instance.ask({ key, readers: 250, takes: LOADER_MS }))
      await owner.kill()
      const answers = await Promise.all(asked)
      expect(answers.flatMap(({ errors }) => errors)).toEqual([])
      if (Math.max(...answers.map(({ stall }) => stall)) > MOST_STALL_MS && round < MOST_ROUNDS) continue
      expect(loadsOf(key)).toBe(1)
      return
    }
  }, 120_000)
})
