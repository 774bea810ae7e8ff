import { fail } from './answers.ts'
import { QUERIES, QUERY_TAGS } from './data.ts'
import type { Read } from './read.ts'
import type { Replica } from './replica.ts'
import type { World } from './world.ts'

/** Lower bounds, in a statement of their own; without a bracket, the last position that was polled. */
export function readBefore(world: World, read: Read): boolean {
  const replica = replicaOf(world, read)
  if (isUnreachable(world, read, replica)) return fail(world, read)
  read.serverEpoch = replica?.epoch ?? world.epoch
  read.source = replica === undefined ? 'primary' : 'replica'
  if (read.isBracketed || (read.level === 'read-your-writes' && world.random.chance(70)))
    readPosition(world, read, replica)
  if (world.deviation === 'hi and rx are read before the data') readUpperBounds(world, read, replica)
  const isNamed = world.deviation === 'writes are named on reads that a replica answered'
  read.sees = read.source === 'primary' || isNamed ? namedWrites(read) : namedElsewhere(read)
  if (read.source === 'primary') countIdle(world, read)
  read.sentAt = world.now(read.instance)
  read.step = 'data'
  return true
}

function readPosition({ primary }: World, read: Read, replica: Replica | undefined): void {
  read.lo = replica === undefined ? primary.flushLsn : replica.replayLsn
  read.snapshot = replica === undefined && read.isBracketed ? primary.snapshot : undefined
}

function readUpperBounds({ primary }: World, read: Read, replica: Replica | undefined): void {
  read.hi = replica === undefined ? primary.wal.insertLsn : Math.max(replica.receiveLsn, replica.replayLsn)
  read.rx = replica === undefined ? 0 : replica.xmax
}

/** What was acknowledged before the read began is part of what a primary answers. */
function namedWrites({ token, query, acknowledged }: Read): number[] {
  const ids: number[] = []
  for (const { writeId } of acknowledged) if (writeId !== 0) ids.push(writeId)
  for (const tag of QUERY_TAGS[query] as readonly number[]) {
    const own = token?.tags.get(tag)?.writeId ?? 0
    if (own !== 0) ids.push(own)
  }
  return ids
}

/** What is not in the store is the same whichever node is read. */
function namedElsewhere({ acknowledged }: Read): number[] {
  const ids: number[] = []
  for (const { min, writeId } of acknowledged) if (min === 0) ids.push(writeId)
  return ids
}

export function readData(world: World, read: Read): boolean {
  const replica = replicaOf(world, read)
  if (isUnreachable(world, read, replica)) return fail(world, read)
  const { visible } = replica ?? world.primary
  const keys = QUERIES[read.query] as readonly number[]
  read.value = keys.map((key) => visible[key] as number)
  if (world.habits.outside > 0) read.outside = keys.map((key) => world.outside[key] as number)
  if (replica === undefined) countWindow(world, read)
  else countAhead(world, read, replica)
  read.step = read.isBracketed ? 'after' : 'answered'
  world.trace?.(
    `read for session ${read.session.index}: versions ${String(read.value)} from ${whence(read)}, lo ${read.lo}`,
  )
  return true
}

/** Upper bounds, in a statement of their own; and whether the server is still the one that it was. */
export function readAfter(world: World, read: Read): boolean {
  const replica = replicaOf(world, read)
  if (isUnreachable(world, read, replica)) return fail(world, read)
  const epoch = replica?.epoch ?? world.epoch
  if (epoch !== read.serverEpoch) {
    world.counts['a connection survived a promotion'] += 1
    if (world.deviation !== 'the epoch is checked before the data only') return fail(world, read)
  }
  if (world.deviation !== 'hi and rx are read before the data') readUpperBounds(world, read, replica)
  if (world.deviation === 'lo is read after the snapshot') readPosition(world, read, replica)
  read.step = 'answered'
  return true
}

function replicaOf(world: World, { node }: Read): Replica | undefined {
  return node.role === 'replica' ? world.replicas[node.index] : undefined
}

/** The primary of an old epoch is gone, and so are the connections of a replica that was restarted. */
function isUnreachable(world: World, read: Read, replica: Replica | undefined): boolean {
  if (replica === undefined) return read.epoch !== world.epoch
  if (world.deviation === 'a replica is trusted for a position that it had before it was restarted')
    return false
  return replica.incarnation !== read.incarnation
}

function whence({ node }: Read): string {
  return node.role === 'primary' ? 'the primary' : `replica ${node.index}`
}

function countIdle({ primary, counts }: World, { token }: Read): void {
  if (token !== undefined && token.w === primary.wal.insertLsn)
    counts['idle primary: nothing was written between an acknowledgement and a read'] += 1
}

function countWindow({ primary, counts }: World, { lo, query }: Read): void {
  for (const { state, commitLsn, keys } of primary.running)
    if (state === 'committing' && commitLsn <= lo && keys.some((key) => QUERIES[query]?.includes(key)))
      counts['commit window: a primary read at or past a commit record did not see it'] += 1
}

function countAhead({ primary, counts, epoch }: World, { value, query }: Read, replica: Replica): void {
  if (replica.epoch !== epoch) return
  if (
    value.some((version, index) => version > (primary.visible[QUERIES[query]?.[index] as number] as number))
  )
    counts['replica ahead: it showed what the primary did not show yet'] += 1
  if (replica.applied > replica.reported) counts['replica visible before its position moved'] += 1
}
