import { checkPassed } from './invariants.ts'
import { QUERIES } from './data.ts'
import type { World } from './world.ts'
import { hear } from './writes.ts'

/** A value that was read arrives at the shared cache; or its instance has crashed. */
export function stepFill(world: World): boolean {
  const fill = world.take(world.fills)
  if (fill === undefined) return false
  if (world.random.chance(5)) return true
  const place = world.deviation === 'caches ignore epochs' ? 0 : fill.epoch
  const passed = world.shared.fill(place, fill.entry)
  world.trace?.(
    `a fill of versions ${String(fill.entry.value)} is ${passed === undefined ? 'refused' : 'accepted'}`,
  )
  for (const tombstone of passed ?? []) checkPassed(world, fill.entry, tombstone)
  return true
}

/** A change becomes known to the shared cache or to an instance; or the news are lost. */
export function stepNews(world: World): boolean {
  const news = world.take(world.news)
  if (news === undefined) return false
  if (world.random.chance(20)) return true
  const { to, epoch, tags, change } = news
  world.trace?.(`${to === undefined ? 'the shared cache' : `instance ${to.index}`} hears of ${change.min}`)
  if (to === undefined) {
    const place = world.deviation === 'caches ignore epochs' ? 0 : epoch
    const keepsLaterId = world.deviation === 'of two tombstones at one position the later id is kept'
    for (const tag of tags) world.shared.changed({ epoch: place, tag }, change, keepsLaterId)
  } else if (to.epoch === epoch) hear(world, to, { tags, change })
  return true
}

export function expireTombstone(world: World): boolean {
  return world.shared.expireTombstone(world.random.below(16))
}

export function forgetShared(world: World): boolean {
  return world.shared.forget(world.random.below(16))
}

export function dropLocal(world: World): boolean {
  const instance = world.pick(world.instances)
  const query = world.random.below(QUERIES.length)
  if (instance?.local[query] === undefined) return false
  instance.local[query] = undefined
  return true
}
