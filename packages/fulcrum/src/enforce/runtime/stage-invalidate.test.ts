import { describe, expect, it } from 'vitest'
import { getThing, putThing, World } from './instances.fixture.ts'
import type { CommitOutcome } from './store.fixture.ts'

const get = getThing({ consistency: 'eventual', cache: { strategy: 'aside', ttl: '1h', jitter: 0 } })
const put = putThing()

/** Both instances have the first value cached. */
async function cachedOnBoth(): Promise<World> {
  const world = await World.of([get, put], { instances: 2 })
  world.store.write('a', 'first')
  for (const on of [0, 1]) await world.get(get, { id: 'a' }, { on })
  return world
}

async function valuesOf(world: World): Promise<unknown[]> {
  return [(await world.get(get, { id: 'a' })).value, (await world.get(get, { id: 'a' }, { on: 1 })).value]
}

describe('a command whose COMMIT was not confirmed', () => {
  it.each<[CommitOutcome, string, string]>([
    ['unknown, committed', 'FUL-3006', 'second'],
    ['not replicated', 'FUL-3016', 'second'],
    ['unknown, aborted', 'FUL-3006', 'first'],
  ])('(%s) ends what is cached under its tags on all instances', async (outcome, code, value) => {
    const world = await cachedOnBoth()
    world.store.nextCommit = outcome
    await expect(world.get(put, { id: 'a', value: 'second' })).rejects.toMatchObject({ code })
    expect(await valuesOf(world)).toEqual([value, value])
  })

  it('ends it on its own instance where nobody can say how far the primary is', async () => {
    const world = await cachedOnBoth()
    const { store } = world
    store.nextCommit = 'unknown, committed'
    store.onCommit = () => {
      store.isPrimaryUp = false
    }
    await expect(world.get(put, { id: 'a', value: 'second' })).rejects.toMatchObject({ code: 'FUL-3006' })
    expect(world.caches[0]?.local.size).toBe(0)
  })
})
