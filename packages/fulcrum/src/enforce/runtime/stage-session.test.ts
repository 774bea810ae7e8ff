import { describe, expect, it, vi } from 'vitest'
import { epochId, parseEpoch } from '../../consistency/epoch.ts'
import { NEW_TOKEN } from '../../consistency/token.ts'
import type { Freshness } from '../../ports/store.ts'
import { CallSession } from '../session/call-session.ts'
import { type Bound, getThing, putThing, World } from './instances.fixture.ts'

const strong = getThing({ consistency: 'strong' }, 'm.strong')
const own = getThing({ consistency: { staleness: '5s', session: 'read-your-writes' } }, 'm.own')
const put = putThing()

async function world(): Promise<{ world: World; newer: string }> {
  const made = await World.of([strong, own, put])
  await made.get(put, { id: 'a', value: 'x' })
  const { systemId, timeline } = parseEpoch(made.store.freshness.epoch ?? '') ?? { systemId: '', timeline: 0 }
  return { world: made, newer: epochId({ systemId, timeline: timeline + 1 }) }
}

describe('a session that has met a newer primary than this instance', () => {
  const operations: readonly [string, Bound][] = [
    ['a strong query', strong],
    ['a query with a session level', own],
    ['a command', put],
  ]

  it.each(operations)('is refused while that cannot be found: %s', async (_kind, operation) => {
    const { world: instance, newer } = await world()
    const heard: unknown[] = []
    vi.spyOn(instance.store.freshness as Freshness, 'refresh').mockImplementation(
      async (_deadline, epoch) => void heard.push(epoch),
    )
    const session = new CallSession([{ ...NEW_TOKEN, epoch: newer, w: 7 }])
    const before = { ...instance.store.reads }
    await expect(instance.get(operation, { id: 'a', value: 'y' }, { session })).rejects.toMatchObject({
      code: 'FUL-3002',
      operation: operation.operation.name,
    })
    expect(heard).toEqual([newer])
    expect(instance.store.reads).toEqual(before)
    expect((await instance.get(strong, { id: 'a' })).value).toBe('x')
  })

  it.each(operations)('goes on as soon as it is found: %s', async (_kind, operation) => {
    const { world: instance, newer } = await world()
    const { freshness } = instance.store
    vi.spyOn(freshness, 'refresh').mockImplementation(async () => freshness.enter(newer))
    const session = new CallSession([{ ...NEW_TOKEN, epoch: newer, w: 0 }])
    await expect(instance.get(operation, { id: 'a', value: 'y' }, { session })).resolves.toBeDefined()
  })
})
