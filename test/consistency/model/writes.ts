import { tagOf } from './data.ts'
import type { Instance } from './instance.ts'
import { EPOCHS } from './lineage.ts'
import { tell } from './news.ts'
import { addShadow, enter, leave } from './sessions.ts'
import { raised } from './shadow.ts'
import type { World } from './world.ts'
import type { Write } from './write.ts'

const MOST_OPEN = 2

/** A command begins: it has locked its rows and written them. */
export function beginWrite(world: World): boolean {
  const { random, primary, habits } = world
  const session = random.chance(85) ? world.pick(world.sessions) : undefined
  const instance = world.pick(world.instances) as Instance
  const keys = freeKeys(world)
  if (keys.length === 0 || (session !== undefined && session.open >= MOST_OPEN)) return false
  const entered = session === undefined ? undefined : enter(world, session, instance)
  if (session !== undefined && (entered === undefined || instance.epoch !== world.epoch)) return false
  const versions = keys.map((key) => world.lineage.nextVersion(key))
  if (session !== undefined) session.open += 1
  const write: Write = {
    session,
    instance,
    epoch: world.epoch,
    token: entered?.token,
    shadow: entered?.shadow ?? { epoch: world.epoch, wrote: [], saw: [], all: [] },
    tags: random.chance(habits.undeclaredWrites) ? [] : keys.map(tagOf),
    transaction: primary.begin(keys, versions, 1 + random.below(3)),
    position: 0,
  }
  world.writes.push(write)
  world.trace?.(
    `${nameOf(session?.index)} begins to write versions ${String(versions)} of keys ${String(keys)}`,
  )
  return random.chance(habits.haste.commits) ? goOn(world, write) : true
}

function freeKeys({ primary, random, habits }: World): number[] {
  const first = random.below(habits.keys)
  const second = random.chance(25) ? random.below(habits.keys) : first
  const keys = first === second ? [first] : [first, second]
  return keys.filter((key) => primary.isLocked[key] === false)
}

/** Moves one write on by one step, or by several at once. */
export function stepWrite(world: World): boolean {
  const write = world.pick(world.writes)
  return write === undefined ? false : goOn(world, write)
}

function goOn(world: World, write: Write): boolean {
  do take(world, write)
  while (world.writes.includes(write) && world.random.chance(hasteOf(world, write)))
  return true
}

function hasteOf({ habits: { haste } }: World, { transaction: { state } }: Write): number {
  if (state === 'running') return haste.commits
  return state === 'committing' ? haste.visibility : haste.answers
}

/** Commit record, visibility, position, answer. */
function take(world: World, write: Write): boolean {
  const { state } = write.transaction
  if (state === 'running') return world.random.chance(6) ? abort(world, write) : commit(world, write)
  if (state === 'committing') return show(world, write)
  if (write.session === undefined) return drop(world, write)
  return write.position === 0 ? locate(world, write) : acknowledge(world, write)
}

function commit(world: World, { transaction }: Write): boolean {
  world.primary.insertCommit(transaction, 1 + world.random.below(3))
  world.trace?.(`commit record of ${String(transaction.versions)} at ${transaction.commitLsn}`)
  return world.random.chance(50) ? flush(world) : true
}

/** The log is written to disk up to some record. */
export function flush({ primary, random, trace }: World): boolean {
  const pending = primary.wal.length - primary.flushed
  if (pending === 0) return false
  primary.flushed += random.chance(70) ? pending : 1 + random.below(pending)
  trace?.(`flushed up to ${primary.flushLsn}`)
  return true
}

/** Something else is written: a vacuum, a checkpoint, a fence. */
export function writeOther(world: World): boolean {
  const { primary, random } = world
  const end = primary.wal.append('other', 1 + random.below(4))
  world.counts.fences += 1
  world.trace?.(`something else is written up to ${end}`)
  return true
}

function abort(world: World, write: Write): boolean {
  world.primary.abort(write.transaction, 1 + world.random.below(2))
  world.trace?.(`versions ${String(write.transaction.versions)} are rolled back`)
  if (write.session !== undefined) write.session.open -= 1
  return drop(world, write)
}

/** It is flushed first. */
function show(world: World, { transaction }: Write): boolean {
  const { primary, lineage } = world
  primary.flushed = Math.max(primary.flushed, transaction.commitRecord)
  primary.makeVisible(transaction)
  transaction.keys.forEach((key, index) =>
    lineage.shown(key, transaction.versions[index] as number, world.time),
  )
  world.trace?.(`versions ${String(transaction.versions)} of keys ${String(transaction.keys)} are visible`)
  return true
}

/** The position behind the COMMIT. */
function locate(world: World, write: Write): boolean {
  write.position = world.primary.wal.insertLsn
  if (write.position !== world.primary.wal.endOf(world.primary.wal.length))
    world.counts['page boundary: a position that no replica reaches'] += 1
  world.trace?.(`write of ${String(write.transaction.versions)} is located at ${write.position}`)
  return true
}

function acknowledge(world: World, write: Write): boolean {
  const { rules } = world
  const { session, token = rules.NEW_TOKEN, shadow, tags, transaction, position: lsn } = write
  if (session === undefined) return false
  const id = world.id()
  const next = rules.wrote(token, tags, { epoch: EPOCHS[write.epoch] as string, lsn, id })
  const { keys, versions } = transaction
  const all = raised(shadow.all, keys, versions)
  const declared = tags.length > 0 ? raised(shadow.wrote, keys, versions) : shadow.wrote
  world.counts['writes acknowledged'] += 1
  world.trace?.(
    `session ${session.index} is told that ${String(versions)} of keys ${String(keys)} are written (id ${id})`,
  )
  leave(world, session, {
    began: { token: write.token, shadow },
    ended: { token: next, shadow: { ...shadow, wrote: declared, all } },
  })
  tell(world, write, id)
  return drop(world, write)
}

function drop(world: World, write: Write): boolean {
  world.writes.splice(world.writes.indexOf(write), 1)
  return true
}

/** A session's tokens travel to another one, with an event or a job. */
export function handOver(world: World): boolean {
  const from = world.pick(world.sessions)
  const to = world.pick(world.sessions)
  if (from === undefined || to === undefined || from === to || from.calls.tokens.length === 0) return false
  for (const token of from.calls.tokens) to.calls.advance(undefined, token)
  for (const shadow of from.shadows) addShadow(to, shadow)
  world.trace?.(`session ${from.index} hands its token to session ${to.index}`)
  return true
}

function nameOf(session: number | undefined): string {
  return session === undefined ? 'psql' : `session ${session}`
}
