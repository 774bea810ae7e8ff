import { Primary } from './primary.ts'
import type { Replica } from './replica.ts'
import { learn } from './sessions.ts'
import type { World } from './world.ts'

const MOST_EPOCHS = 3

/** The primary is gone. A replica replays what it has received and goes on as the primary of a new epoch; the rest of the old log is lost. */
export function promote(world: World): boolean {
  if (world.epoch + 1 >= MOST_EPOCHS || !world.random.chance(30)) return false
  const candidates = world.replicas.filter(({ wal }) => wal === world.primary.wal)
  const replica = world.pick(candidates)
  if (replica === undefined) return false
  const { primary, counts, time } = world
  replica.replay(replica.received)
  const fork = replica.received
  const wal = replica.wal.fork(fork)
  const lsn = wal.endOf(fork)
  world.trace?.(`replica ${world.replicas.indexOf(replica)} is promoted, the epochs part at ${lsn}`)
  counts.promotions += 1
  countLosses(world, fork)
  world.ends.push(world.reached(world.epoch))
  world.lineage.promote(lsn, [...replica.visible], time)
  endWrites(world, fork)
  const nextXid = wal.records.reduce((most, { xid }) => Math.max(most, xid), 2) + 1
  if (nextXid < primary.nextXid) counts['transaction ids used again after a failover'] += 1
  world.primary = new Primary(wal, [...replica.visible], nextXid)
  attach(world, replica)
  spread(world)
  return true
}

/** Those who hear of it at once. */
function spread(world: World): void {
  const { random, habits, instances, replicas, primary } = world
  for (const instance of instances) if (random.chance(habits.haste.discovery)) learn(world, instance)
  for (const replica of replicas)
    if (replica.wal !== primary.wal && random.chance(habits.haste.discovery)) followWith(world, replica)
}

/** Its place is taken by a replica of the new epoch. Connections are not cut, so a read may begin in one epoch and go on in the next. */
function attach(world: World, replica: Replica): void {
  replica.wal = world.primary.wal
  replica.epoch = world.epoch
  replica.completed = world.primary.completed
}

function endWrites(world: World, fork: number): void {
  for (const write of world.writes.slice()) {
    const { transaction, session, position } = write
    const { state, commitRecord } = transaction
    const isKept = (state === 'committing' || state === 'visible') && commitRecord <= fork
    if (isKept && state === 'committing')
      world.counts['promotion kept a commit that was never acknowledged'] += 1
    if (!isKept) transaction.state = state === 'aborted' ? state : 'lost'
    if (position > 0) continue
    if (session !== undefined) session.open -= 1
    world.writes.splice(world.writes.indexOf(write), 1)
  }
  for (const { kind, transaction } of world.primary.wal.records.slice(fork))
    if (kind === 'commit' && transaction !== undefined) transaction.state = 'lost'
}

function countLosses(world: World, fork: number): void {
  const { records } = world.primary.wal
  const lost = records.slice(fork).filter(({ kind }) => kind === 'commit')
  for (const { transaction } of lost) {
    if (transaction === undefined) continue
    const isTold = (part: 'wrote' | 'saw'): boolean =>
      world.sessions.some(({ shadows }) =>
        shadows.some((shadow) =>
          transaction.keys.some((key, index) => shadow[part][key] === transaction.versions[index]),
        ),
      )
    if (isTold('wrote')) world.counts['promotion lost an acknowledged write'] += 1
    if (isTold('saw')) world.counts['promotion lost what a session had seen'] += 1
  }
}

/** An instance looks around. */
export function discover(world: World): boolean {
  const instance = world.pick(world.instances)
  return instance !== undefined && learn(world, instance)
}

/** A replica of an old epoch goes on with the log of the present one, or is made anew where it had received what was lost. */
export function follow(world: World): boolean {
  const replica = world.pick(world.replicas.filter(({ wal }) => wal !== world.primary.wal))
  return replica === undefined ? false : followWith(world, replica)
}

function followWith(world: World, replica: Replica): boolean {
  const { primary, epoch, lineage, trace } = world
  const index = world.replicas.indexOf(replica)
  const fork = lineage.forkLsn(replica.epoch, epoch) ?? 0
  if (replica.receiveLsn > fork) {
    trace?.(`replica ${index} is made anew`)
    replica.rebuild(primary.wal, primary.flushed, epoch)
    return true
  }
  trace?.(`replica ${index} follows epoch ${epoch + 1}`)
  replica.wal = primary.wal
  replica.epoch = epoch
  return true
}

/** The sender passes on what is flushed. */
export function receive(world: World): boolean {
  const { primary, random, habits } = world
  const replica = world.pick(world.replicas)
  if (replica === undefined || replica.wal !== primary.wal) return false
  if (replica === world.replicas.at(-1) && random.chance(habits.lag)) return false
  const pending = primary.flushed - replica.received
  if (pending <= 0) return false
  replica.received += random.chance(60) ? pending : 1 + random.below(pending)
  return random.chance(habits.haste.replay) ? showNext(world, replica) : true
}

export function applyNext(world: World): boolean {
  const replica = world.pick(world.replicas)
  if (replica === undefined || replica.applied >= replica.received || replica.applied > replica.reported)
    return false
  return showNext(world, replica)
}

function showNext(world: World, replica: Replica): boolean {
  do {
    replica.apply()
    world.trace?.(`replica ${world.replicas.indexOf(replica)} shows ${String(replica.visible)}`)
    if (!world.random.chance(world.habits.haste.replay)) return true
    reportOf(world, replica)
  } while (replica.applied < replica.received)
  return true
}

export function report(world: World): boolean {
  const replica = world.pick(world.replicas)
  if (replica === undefined || replica.reported === replica.applied) return false
  return reportOf(world, replica)
}

function reportOf(world: World, replica: Replica): boolean {
  replica.report()
  world.trace?.(`replica ${world.replicas.indexOf(replica)} says that it has replayed ${replica.replayLsn}`)
  return true
}

export function restart(world: World): boolean {
  const replica = world.pick(world.replicas)
  if (replica === undefined || !world.random.chance(30)) return false
  const back = world.random.below(6)
  if (back > 0) world.counts['replica went back: it was restarted'] += 1
  replica.restart(Math.max(1, replica.applied - back))
  world.trace?.(`replica ${world.replicas.indexOf(replica)} restarts at ${replica.replayLsn}`)
  return true
}
