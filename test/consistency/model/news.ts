import { QUERY_TAGS } from './data.ts'
import type { Instance } from './instance.ts'
import { checkPassed } from './invariants.ts'
import type { RememberedChange } from './shared-store.ts'
import type { News, World } from './world.ts'
import type { Write } from './write.ts'

/** Own entries go at once; the shared cache and the other instances hear of it later, or never. */
export function tell(
  world: World,
  { instance, epoch, tags, transaction, position }: Write,
  id: number,
): void {
  const min = world.deviation === 'a tombstone begins at the commit record' ? transaction.commitLsn : position
  const change: RememberedChange = { min, writeId: id, transactions: [transaction] }
  if (tags.length === 0) return
  if (instance.epoch === epoch) hear(world, instance, { tags, change })
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
  else if (to.epoch === epoch) hear(world, to, { tags, change })
  return true
}

/** Leaves a tombstone for each tag. */
function mark(world: World, { epoch, tags, change }: Omit<News, 'to'>): void {
  const place = world.deviation === 'caches ignore epochs' ? 0 : epoch
  const keepsLaterId = world.deviation === 'of two tombstones at one position the later id is kept'
  for (const tag of tags) world.shared.changed({ epoch: place, tag }, change, keepsLaterId)
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
