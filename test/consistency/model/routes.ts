import { QUERY_TAGS } from './data.ts'
import type { Known } from './instance.ts'
import { look } from './polls.ts'
import type { Read } from './read.ts'
import type { World } from './world.ts'

/** A replica that is known to have what is needed, if chance will have it; else the primary. */
export function route(world: World, read: Read): void {
  const { random, habits } = world
  const index = random.below(world.replicas.length)
  const isReplicaRead = random.chance(habits.replicaReads)
  if (isReplicaRead && random.chance(habits.looks)) look(world, read.instance, index)
  const known = read.instance.known.get(index)
  read.step = 'before'
  read.sentAt = world.now(read.instance)
  read.isBracketed = needsBracket(read) || random.chance(20)
  if (known !== undefined && isReplicaRead && mayServe(world, read, known)) {
    read.node = { role: 'replica', index }
    read.incarnation = known.incarnation
    read.lo = known.lsn
  } else {
    const primary = read.instance.known.get(-1)
    read.node = { role: 'primary' }
    read.lo = primary?.epoch === read.epoch ? primary.lsn : 0
  }
}

function needsBracket({ level }: Read): boolean {
  return level === 'monotonic' || level === 'causal'
}

function mayServe(world: World, read: Read, known: Known): boolean {
  const { instance, level, token, query, bound } = read
  if (known.epoch !== read.epoch || bound === 0) return false
  if (bound < Infinity) {
    const asOf = instance.ring.asOf({ source: 'replica', lo: known.lsn })
    if (world.now(instance) - asOf > bound) return false
  }
  if (level === 'none') return true
  if (token === undefined) return false
  return known.lsn >= world.rules.needOf(token, QUERY_TAGS[query] as readonly number[], level).lsn
}
