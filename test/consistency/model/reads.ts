import type { SessionNeed } from '../../../packages/fulcrum/src/consistency/need.ts'
import { finish, keep, serve } from './answers.ts'
import { QUERIES, QUERY_TAGS } from './data.ts'
import type { Entry, Instance } from './instance.ts'
import { judge } from './judge.ts'
import type { Read } from './read.ts'
import { route } from './routes.ts'
import { readAfter, readBefore, readData } from './brackets.ts'
import { enter } from './sessions.ts'
import type { Tombstone } from '../../../packages/fulcrum/src/consistency/tombstone.ts'
import type { World } from './world.ts'

const MOST_OPEN = 2
const LEVELS: readonly SessionNeed[] = [
  'none',
  'read-your-writes',
  'monotonic',
  'monotonic',
  'causal',
  'causal',
]

/** A query begins, and ends at once where the local cache has what it needs. */
export function beginRead(world: World): boolean {
  const { random } = world
  const session = world.pick(world.sessions)
  const instance = world.pick(world.instances) as Instance
  if (session === undefined || session.open >= MOST_OPEN) return false
  const entered = enter(world, session, instance)
  if (entered === undefined) return false
  session.open += 1
  const level = LEVELS[random.below(LEVELS.length)] as SessionNeed
  const read: Read = {
    session,
    instance,
    ...entered,
    epoch: instance.epoch,
    query: random.below(world.queries),
    level,
    bound: boundOf(world, level),
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
    sees: [],
    acknowledged: [],
    tries: 0,
  }
  world.trace?.(
    `session ${session.index} asks instance ${instance.index} for keys ${String(QUERIES[read.query])}, ${level}`,
  )
  const entry = instance.local[read.query]
  if (entry !== undefined && serveFrom(world, read, entry)) return true
  world.reads.push(read)
  return true
}

/** Half of the reads that no session level restricts are bounded, and some of the others too. 0: strong. */
function boundOf({ random }: World, level: SessionNeed): number {
  if (random.chance(level === 'none' ? 25 : 70)) return Infinity
  return random.chance(10) ? 0 : 1 + random.below(16)
}

/** Moves one read on by one step. */
export function stepRead(world: World): boolean {
  const read = world.pick(world.reads)
  if (read === undefined) return false
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
  const told = tombstones.map(({ writeId }) => writeId).filter((id) => id !== 0)
  read.acknowledged = [...told, ...instance.changes.acknowledged(QUERY_TAGS[query] as readonly number[])]
  route(world, read)
  return true
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
