import { QUERY_TAGS, tagOf } from './data.ts'
import type { Instance } from './instance.ts'
import { checkPassed } from './invariants.ts'
import type { RememberedChange } from './shared-store.ts'
import type { News, World } from './world.ts'
import type { Write } from './write.ts'

export function tell(world: World, write: Write, id: number): void {
  const { transaction, position } = write
  const min = world.deviation === 'a tombstone begins at the commit record' ? transaction.commitLsn : position
  announce(world, write, { min, writeId: id, transactions: [transaction], outside: [] })
}

/** A command changes something that is not in the store. */
export function changeOutside(world: World): void {
  const instance = world.pick(world.instances) as Instance
  const key = world.random.below(world.habits.keys)
  const version = (world.outside[key] as number) + 1
  world.outside[key] = version
  world.trace?.(`instance ${instance.index} changes key ${key} outside of the store to ${version}`)
  const change = { min: 0, writeId: world.id(), transactions: [], outside: [{ key, version }] }
  announce(world, { instance, epoch: instance.epoch, tags: [tagOf(key)] }, change)
}

/** Own entries go at once; the shared cache and the other instances hear of it later, or never. */
function announce(
  world: World,
  { instance, epoch, tags }: Pick<Write, 'instance' | 'epoch' | 'tags'>,
  change: RememberedChange,
): void {
  if (tags.length === 0) return
  if (concerns(world, instance, { epoch, change })) hear(world, instance, { tags, change })
  for (const to of [undefined, ...world.instances])
    if (to !== instance) pass(world, { to, epoch, tags, change })
}

function pass(world: World, news: News): void {
  if (world.random.chance(world.habits.haste.news)) deliver(world, news)
  else world.news.push(news)
}

/** A change becomes known to the shared cache or to an instance; or the news are lost. */
export function stepNews(world: World): boolean {
  const news = world.take(world.news)
  return news === undefined ? false : deliver(world, news)
}

function deliver(world: World, { to, epoch, tags, change }: News): boolean {
  if (world.random.chance(10)) return true
  world.trace?.(`${to === undefined ? 'the shared cache' : `instance ${to.index}`} hears of ${change.min}`)
  if (to === undefined) mark(world, { epoch, tags, change })
  else if (concerns(world, to, { epoch, change })) hear(world, to, { tags, change })
  return true
}

/** A position says nothing in another epoch. */
function concerns(
  { rules }: World,
  instance: Instance,
  { epoch, change }: Pick<News, 'epoch' | 'change'>,
): boolean {
  return instance.epoch === epoch || !rules.hasPosition(change)
}

/** Leaves a tombstone for each tag. */
function mark(world: World, { epoch, tags, change }: Omit<News, 'to'>): void {
  const place = world.deviation === 'caches ignore epochs' ? 0 : epoch
  for (const tag of tags) world.shared.changed({ epoch: place, tag }, change, world.deviation)
}

/** An instance is told of a change: it drops what does not contain it. */
function hear(
  world: World,
  instance: Instance,
  { tags, change }: { tags: readonly number[]; change: RememberedChange },
): void {
  for (const tag of tags) instance.changes.changed(tag, change)
  instance.local.forEach((entry, query) => {
    if (entry === undefined || !QUERY_TAGS[query]?.some((tag) => tags.includes(tag))) return
    if (world.rules.outlives(entry.label, change)) checkPassed(world, entry, change)
    else instance.local[query] = undefined
  })
}
