import { KEYS, QUERY_TAGS, tagOf } from './data.ts'
import type { Instance } from './instance.ts'
import { checkPassed } from './invariants.ts'
import { EPOCHS } from './lineage.ts'
import { addShadow, enter, leave } from './sessions.ts'
import { raised } from './shadow.ts'
import type { RememberedChange } from './shared-store.ts'
import type { World } from './world.ts'
import type { Write } from './write.ts'

const MOST_OPEN = 2

/** A command begins: it has locked its rows and written them. */
export function beginWrite(world: World): boolean {
  const { random, primary } = world
  const session = random.chance(85) ? world.pick(world.sessions) : undefined
  const instance = world.pick(world.instances) as Instance
  const keys = freeKeys(world)
  if (keys.length === 0 || (session !== undefined && session.open >= MOST_OPEN)) return false
  const entered = session === undefined ? undefined : enter(world, session, instance)
  if (session !== undefined && (entered === undefined || instance.epoch !== world.epoch)) return false
  const versions = keys.map((key) => world.lineage.nextVersion(key))
  if (session !== undefined) session.open += 1
  world.writes.push({
    session,
    instance,
    epoch: world.epoch,
    token: entered?.token,
    shadow: entered?.shadow ?? { epoch: world.epoch, wrote: [], saw: [], all: [] },
    tags: random.chance(85) ? keys.map(tagOf) : [],
    transaction: primary.begin(keys, versions, 1 + random.below(3)),
    position: 0,
  })
  world.trace?.(
    `${nameOf(session?.index)} begins to write versions ${String(versions)} of keys ${String(keys)}`,
  )
  return true
}

function freeKeys({ primary, random }: World): number[] {
  const first = random.below(KEYS)
  const second = random.chance(25) ? random.below(KEYS) : first
  const keys = first === second ? [first] : [first, second]
  return keys.filter((key) => primary.isLocked[key] === false)
}

/** Moves one write on by one step: commit record, visibility, position, answer. A flush comes on its own. */
export function stepWrite(world: World): boolean {
  const write = world.pick(world.writes)
  if (write === undefined) return false
  const { primary, random } = world
  const { transaction } = write
  if (transaction.state === 'running') {
    if (random.chance(6)) return abort(world, write)
    primary.insertCommit(transaction, 1 + random.below(3))
    world.trace?.(`commit record of ${String(transaction.versions)} at ${transaction.commitLsn}`)
    if (random.chance(30)) flush(world)
    return true
  }
  if (transaction.state === 'committing') return show(world, write)
  if (write.session === undefined) return drop(world, write)
  if (write.position === 0) return locate(world, write)
  return acknowledge(world, write)
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
  if (primary.flushed < transaction.commitRecord) {
    if (!world.random.chance(40)) return false
    primary.flushed = transaction.commitRecord
  }
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
  return world.random.chance(40) ? acknowledge(world, write) : true
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

/** Own entries go at once; the shared cache and the other instances hear of it later, or never. */
function tell(world: World, { instance, epoch, tags, transaction, position }: Write, id: number): void {
  const min = world.deviation === 'a tombstone begins at the commit record' ? transaction.commitLsn : position
  const change: RememberedChange = { min, writeId: id, transactions: [transaction] }
  if (tags.length === 0) return
  if (instance.epoch === epoch) hear(world, instance, { tags, change })
  world.news.push({ to: undefined, epoch, tags, change })
  for (const to of world.instances) if (to !== instance) world.news.push({ to, epoch, tags, change })
}

/** An instance is told of a change: it drops what does not contain it. */
export function hear(
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
