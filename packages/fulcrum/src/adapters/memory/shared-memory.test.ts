import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import type { SharedCacheUnderTest } from '../../prove/shared-cache/case.ts'
import { SHARED_CACHE_CONFORMANCE } from '../../prove/shared-cache-conformance.ts'
import { sharedMemory } from './shared-memory.ts'

async function underTest(): Promise<SharedCacheUnderTest> {
  const clock = createVirtualClock()
  const source = sharedMemory(clock)
  const dependencies = { clock, random: createSeededRandom(1), log: () => {} }
  const [one, other] = await Promise.all([source.open(dependencies), source.open(dependencies)])
  return {
    one,
    other,
    pass: (ms) => clock.drive(clock.sleep(ms)),
    until: async (condition) => expect(condition()).toBe(true),
  }
}

describe('the memory as a shared cache', () => {
  it.each(SHARED_CACHE_CONFORMANCE)('$name', async ({ run }) => {
    await expect(run(await underTest())).resolves.toBeUndefined()
  })
})
