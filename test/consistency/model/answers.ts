import type { Label } from '../../../packages/fulcrum/src/consistency/label.ts'
import { QUERIES, QUERY_TAGS, type Versions } from './data.ts'
import type { Entry, Instance } from './instance.ts'
import { checkFollowedEntry, checkServed, type Reason } from './invariants.ts'
import { EPOCHS } from './lineage.ts'
import type { Read } from './read.ts'
import { leave } from './sessions.ts'
import { offer } from './sharing.ts'
import { raised, type Shadow } from './shadow.ts'
import type { World } from './world.ts'

const MOST_TRIES = 3

/** The database has answered: it is decided whether that is good enough, and then it is cached. */
export function finish(world: World, read: Read): boolean {
  const label = labelOf(world, read)
  if (label.epoch !== EPOCHS[read.epoch]) return fail(world, read)
  if (!isGoodEnough(world, read, label)) return retry(world, read)
  world.counts[read.source === 'primary' ? 'reads from the primary' : 'reads from a replica'] += 1
  world.reads.splice(world.reads.indexOf(read), 1)
  serve(world, read, { label, value: read.value, reason: 'read' })
  fillCaches(world, read, label)
  return true
}

function labelOf(world: World, { serverEpoch, source, lo, hi, snapshot, rx, sees }: Read): Label {
  return { epoch: EPOCHS[serverEpoch] as string, source, lo, hi, snapshot, rx, fill: world.id(), sees }
}

/** A primary shows every acknowledged write, but perhaps not yet what a replica has shown. A replica has to have what is needed. */
function isGoodEnough(world: World, read: Read, label: Label): boolean {
  const { level, token, query } = read
  if (level === 'none' || token === undefined) return true
  const { lsn, rx } = world.rules.needOf(token, QUERY_TAGS[query] as readonly number[], level)
  if (label.source === 'replica') return label.lo >= lsn
  if (rx === 0 || world.deviation === 'a direct read is not checked for what a replica has shown') return true
  return label.snapshot !== undefined && world.rules.settled(label.snapshot, rx)
}

function retry(world: World, read: Read): boolean {
  world.counts['unsettled: a direct read had to be repeated'] += 1
  read.tries += 1
  if (read.tries >= MOST_TRIES) return fail(world, read)
  read.node = { role: 'primary' }
  read.isBracketed = true
  read.step = 'before'
  return true
}

/** An error: the session learns nothing, and nothing is promised. */
export function fail(world: World, read: Read): boolean {
  world.trace?.(`the read for session ${read.session.index} fails`)
  world.reads.splice(world.reads.indexOf(read), 1)
  read.session.open -= 1
  return true
}

export interface Answer {
  readonly label: Label
  readonly value: Versions
  readonly reason: Reason
}

export function serve(world: World, read: Read, { label, value, reason }: Answer): void {
  const { session, query, level, token } = read
  world.trace?.(
    `session ${session.index} is served versions ${String(value)} of keys ${String(QUERIES[query])} (${reason})`,
  )
  checkServed(world, read, { value, epoch: read.epoch, reason })
  const remembers = level === 'monotonic' || level === 'causal'
  const tags = QUERY_TAGS[query] as readonly number[]
  const next = remembers ? world.rules.saw(token ?? world.rules.NEW_TOKEN, tags, label) : token
  const shadow = remembers ? afterSight(read, value) : read.shadow
  if (next !== undefined && (next.floor > 0 || next.sawFloor > 0))
    world.counts['tags evicted from a token'] += 1
  leave(world, session, { began: read, ended: { token: next, shadow } })
}

function afterSight({ shadow, query }: Read, value: Versions): Shadow {
  const keys = QUERIES[query] as readonly number[]
  const saw = raised(shadow.saw, keys, value)
  const all = raised(shadow.all, keys, value)
  return saw === shadow.saw && all === shadow.all ? shadow : { ...shadow, saw, all }
}

function fillCaches(world: World, read: Read, label: Label): void {
  const { instance, query, value, outside, sentAt } = read
  if (instance.epoch !== read.epoch) return
  const entry: Entry = {
    query,
    value,
    outside,
    label,
    readAt: label.source === 'primary' ? sentAt : -Infinity,
    followed: instance.changes.follows(label),
  }
  keep(world, instance, entry)
  offer(world, { epoch: read.epoch, entry })
}

/** Puts a value in the local cache, unless something that changed since is missing in it. */
export function keep(world: World, instance: Instance, entry: Entry): void {
  const { label, query } = entry
  if (label.epoch !== EPOCHS[instance.epoch] && world.deviation !== 'caches ignore epochs') return
  const isUnheard = world.deviation === 'a change that arrives before the fill is forgotten'
  if (!isUnheard && !instance.changes.admits(label, QUERY_TAGS[query] as readonly number[])) return
  const isFollowed =
    world.deviation === 'values filled before the stream began are followed' || entry.followed
  const kept = { ...entry, followed: isFollowed }
  instance.local[query] = kept
  checkFollowedEntry(world, instance, kept)
}
