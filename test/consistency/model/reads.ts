import { finish, keep, serve } from './answers.ts'
import { QUERIES, queriesOf, QUERY_TAGS } from './data.ts'
import type { Entry, Instance } from './instance.ts'
import { judge } from './judge.ts'
import type { Read } from './read.ts'
import { route } from './routes.ts'
import { readAfter, readBefore, readData } from './brackets.ts'
import { enter } from './sessions.ts'
import type { Tombstone } from '../../../packages/fulcrum/src/consistency/tombstone.ts'
import type { World } from './world.ts'

const MOST_OPEN = 2

/** A query begins, and ends at once where the local cache has what it needs. */
export function beginRead(world: World): boolean {
  const { random, habits } = world
  const session = world.pick(world.sessions)
  const instance = world.pick(world.instances) as Instance
  if (session === undefined || session.open >= MOST_OPEN) return false
  const entered = enter(world, session, instance)
  if (entered === undefined) return false
  session.open += 1
  const read: Read = {
    session,
    instance,
    token: entered.token,
    shadow: entered.shadow,
    epoch: instance.epoch,
    query: random.below(queriesOf(habits.keys)),
    level: random.of(habits.levels),
    bound: boundOf(world),
    startedAt: world.time,
    step: 'looking',
    node: { role: 'primary' },
    incarnation: 0,
    serverEpoch: 0,
    source: 'primary',
    isBracketed: false,
    sentAt: 0,
    lo: 0,
    hi: Infinity,
    rx: 0,
    snapshot: undefined,
    value: [],
    outside: [],
    sees: [],
    acknowledged: [],
    tries: 0,
  }
  world.trace?.(
    `session ${session.index} asks instance ${instance.index} for keys ${String(QUERIES[read.query])}, ${read.level}`,
  )
  const entry = instance.local[read.query]
  if (entry !== undefined && serveFrom(world, read, entry)) return true
  world.reads.push(read)
  return random.chance(habits.haste.reads) ? goOn(world, read) : true
}

/** 0: strong. */
function boundOf({ random, habits }: World): number {
  if (!random.chance(habits.boundedReads)) return Infinity
  return random.chance(10) ? 0 : 1 + random.below(habits.bound)
}

/** Moves one read on by one step, or by several at once. */
export function stepRead(world: World): boolean {
  const read = world.pick(world.reads)
  return read === undefined ? false : goOn(world, read)
}

function goOn(world: World, read: Read): boolean {
  do take(world, read)
  while (world.reads.includes(read) && world.random.chance(world.habits.haste.reads))
  return true
}

function take(world: World, read: Read): boolean {
  switch (read.step) {
    case 'looking':
      return look(world, read)
    case 'before':
      return readBefore(world, read)
    case 'data':
      return readData(world, read)
    case 'after':
      return readAfter(world, read)
    case 'answered':
      return finish(world, read)
  }
}

/** In the shared cache; then it is decided which server is asked. */
function look(world: World, read: Read): boolean {
  const { instance, query, epoch } = read
  const place = world.deviation === 'caches ignore epochs' ? 0 : epoch
  const shared = world.shared.get(place, query)
  const tombstones = world.shared.tombstones(place, query)
  const entry = shared && admit(world, instance, shared, tombstones)
  if (entry !== undefined && serveFrom(world, read, entry)) {
    world.reads.splice(world.reads.indexOf(read), 1)
    return true
  }
  read.acknowledged = acknowledged(instance, query, tombstones)
  route(world, read)
  return true
}

/** Ids of writes that were acknowledged before now, as far as they are known here. */
function acknowledged(instance: Instance, query: number, tombstones: readonly Tombstone[]): Tombstone[] {
  const changes = tombstones.slice()
  instance.changes.addAcknowledged(changes, QUERY_TAGS[query] as readonly number[])
  return changes
}

/** A shared value that lacks nothing that is known to have changed; it is kept here too. */
function admit(
  world: World,
  instance: Instance,
  shared: Entry,
  tombstones: readonly Tombstone[],
): Entry | undefined {
  const { label, query } = shared
  if (!tombstones.every((each) => world.rules.outlives(label, each))) return undefined
  const isAdmitted = instance.changes.admits(label, QUERY_TAGS[query] as readonly number[])
  if (!isAdmitted && world.deviation !== 'shared values are not compared with changes that were told')
    return undefined
  const entry: Entry = { ...shared, readAt: -Infinity, followed: instance.changes.follows(label) }
  keep(world, instance, entry)
  return entry
}

function serveFrom(world: World, read: Read, entry: Entry): boolean {
  const reason = judge(world, entry, read)
  if (reason === undefined) return false
  world.counts['reads from a cache'] += 1
  serve(world, read, { label: entry.label, value: entry.value, reason })
  return true
}
