import { QUERY_TAGS, tagOf } from './data.ts'
import type { Instance } from './instance.ts'
import { checkFollowed } from './invariants.ts'
import type { WalRecord } from './wal.ts'
import type { World } from './world.ts'

/** Moves an instance's change stream on by one step, or by several at once. */
export function stepStream(world: World): boolean {
  const instance = world.pick(world.instances) as Instance
  if (instance.epoch !== world.epoch) return false
  do take(world, instance)
  while (!isAtRest(instance) && world.random.chance(world.habits.haste.streams))
  return true
}

/** Everything was told up to the position that was asked for. */
function isAtRest({ stream }: Instance): boolean {
  return stream.state === 'on' && stream.goal === undefined && !stream.isDrained
}

function take(world: World, instance: Instance): boolean {
  const { stream } = instance
  if (stream.state === 'off') return open(world, instance)
  if (stream.state === 'opening') return start(world, instance)
  if (world.deviation === 'the watermark is read after the drain') return drainFirst(world, instance)
  if (stream.goal === undefined) return aim(world, instance)
  return drain(world, instance, stream.goal)
}

/** The slot is made: what is committed from here on will be told. */
function open(world: World, { stream, index }: Instance): boolean {
  stream.state = 'opening'
  stream.epoch = world.epoch
  stream.decoded = world.primary.flushed
  stream.startLsn = world.primary.flushLsn
  if (
    world.primary.running.some(
      ({ state, commitLsn }) => state === 'committing' && commitLsn <= stream.startLsn,
    )
  )
    world.counts['streams begun while a commit was in its window'] += 1
  world.trace?.(`the stream of instance ${index} begins at ${stream.startLsn}`)
  return true
}

/** Ids are asked for afterwards: every transaction whose commit is not told has a smaller one. */
function start(world: World, { stream, changes }: Instance): boolean {
  const { nextXid, snapshot } = world.primary
  stream.state = 'on'
  changes.started(
    stream.startLsn,
    world.deviation === 'a stream begins at the xmax of a snapshot' ? snapshot.xmax : nextXid,
  )
  return true
}

/** How far the log is flushed, before everything up to there is drained. */
function aim(world: World, instance: Instance): boolean {
  instance.stream.goal = { lsn: world.primary.flushLsn, asOf: world.now(instance) }
  return true
}

/** Tells the next change, or that all up to the goal were told. */
function drain(world: World, instance: Instance, goal: { lsn: number; asOf: number }): boolean {
  if (tellNext(world, instance, goal.lsn)) return true
  instance.stream.goal = undefined
  return reach(world, instance, goal)
}

function drainFirst(world: World, instance: Instance): boolean {
  const { stream } = instance
  if (!stream.isDrained) {
    stream.isDrained = !tellNext(world, instance, Infinity)
    return true
  }
  stream.isDrained = false
  return reach(world, instance, { lsn: world.primary.flushLsn, asOf: world.now(instance) })
}

function reach(world: World, instance: Instance, watermark: { lsn: number; asOf: number }): boolean {
  instance.watermark = watermark
  world.counts.watermarks += 1
  world.trace?.(`the watermark of instance ${instance.index} is ${watermark.lsn}`)
  checkFollowed(world, instance)
  return true
}

/** Decodes up to and with the next commit; `false` when there is none at or before `goal`. */
function tellNext(world: World, instance: Instance, goal: number): boolean {
  const { stream } = instance
  const { wal, flushed } = world.primary
  while (stream.decoded < flushed) {
    const record = wal.records[stream.decoded] as WalRecord
    if (record.end > goal) return false
    stream.decoded += 1
    if (record.kind === 'commit') return tell(world, instance, record)
  }
  return false
}

function tell(world: World, instance: Instance, { transaction, end, xid }: WalRecord): boolean {
  if (transaction === undefined) return false
  if (transaction.state === 'committing') world.counts['changes decoded before they were visible'] += 1
  const change = { xid, lsn: end }
  const tags = transaction.keys.map(tagOf)
  world.trace?.(
    `instance ${instance.index} is told of ${String(transaction.versions)} of keys ${String(transaction.keys)}`,
  )
  for (const tag of tags) instance.changes.committed(tag, change)
  instance.local.forEach((entry, query) => {
    if (entry === undefined || !QUERY_TAGS[query]?.some((tag) => tags.includes(tag))) return
    if (!world.rules.includes(entry.label, change)) instance.local[query] = undefined
  })
  return true
}

/** The feed breaks: changes may be missed. */
export function breakStream(world: World): boolean {
  const instance = world.pick(world.instances) as Instance
  if (instance.stream.state === 'off') return false
  world.counts['streams with a gap'] += 1
  world.trace?.(`the stream of instance ${instance.index} breaks`)
  instance.loseStream()
  return true
}
