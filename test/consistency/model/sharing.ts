import { checkPassed } from './invariants.ts'
import { QUERIES } from './data.ts'
import type { Fill, World } from './world.ts'

/** A value that was read arrives at the shared cache; or its instance has crashed. */
export function stepFill(world: World): boolean {
  const fill = world.take(world.fills)
  return fill === undefined ? false : share(world, fill)
}

/** It was read, and is on its way. */
export function offer(world: World, fill: Fill): void {
  if (world.random.chance(world.habits.haste.fills)) share(world, fill)
  else world.fills.push(fill)
}

function share(world: World, fill: Fill): boolean {
  if (world.random.chance(5)) return true
  const place = world.deviation === 'caches ignore epochs' ? 0 : fill.epoch
  const passed = world.shared.fill(place, fill.entry)
  world.trace?.(
    `a fill of versions ${String(fill.entry.value)} is ${passed === undefined ? 'refused' : 'accepted'}`,
  )
  for (const tombstone of passed ?? []) {
    checkPassed(world, fill.entry, tombstone)
    if (tombstone.min === 0) world.counts['fills accepted for the sake of a change without a position'] += 1
  }
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
