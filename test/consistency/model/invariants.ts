import type { Token } from '../../../packages/fulcrum/src/consistency/token.ts'
import { QUERIES, type Versions } from './data.ts'
import type { Entry, Instance } from './instance.ts'
import type { Read } from './read.ts'
import { holds, type RememberedChange } from './shared-store.ts'
import type { Reached, World } from './world.ts'

/** What has to hold after every step, whatever happens. */
export const INVARIANTS = [
  /** A read at a session level has what its session had written, when it began, under the tags that it reads. */
  'read your writes',
  /** A monotonic read also has, key by key, whatever its session had seen by reads that promise not to go back. */
  'monotonic per key',
  /** A causal read has everything that its session had written or seen. */
  'causal',
  /** What is served had been complete at some moment no longer ago than the bound; strong: when the read began. Not so where
   * a replaced primary still answers. */
  'staleness bound',
  /** Nothing is served that was lost before its epoch began, and a session that lost something is told. */
  'epoch isolation',
  /** A value that is followed and was not dropped has everything committed up to the watermark. */
  'watermark soundness',
  /** What a tombstone lets pass has its change. */
  'tombstone soundness',
  /** What is served only because an id was recognised has what is demanded of it. */
  'ids',
  /** No token demands a position that its epoch has not reached: it would wait for what may never come. */
  'demands can be met',
] as const

export type Invariant = (typeof INVARIANTS)[number]

/** On account of what a value is served. */
export type Reason = 'read' | 'positions' | 'ids' | 'watermark'

export interface Served {
  readonly value: Versions
  readonly epoch: number
  readonly reason: Reason
}

export function checkServed(world: World, read: Read, served: Served): void {
  checkEpoch(world, read, served)
  if (read.bound < Infinity && !read.instance.isMisled) checkBound(world, read, served.value)
  if (read.level === 'none') return
  const named = (invariant: Invariant): Invariant => (served.reason === 'ids' ? 'ids' : invariant)
  const { wrote, saw, all } = read.shadow
  if (read.level === 'causal') {
    if (isBelow(read, served.value, all)) world.violate(named('causal'), told(read, served, all))
    return
  }
  if (isBelow(read, served.value, wrote)) world.violate(named('read your writes'), told(read, served, wrote))
  if (read.level === 'read-your-writes') return
  if (isBelow(read, served.value, saw)) world.violate(named('monotonic per key'), told(read, served, saw))
}

function isBelow({ query }: Read, value: Versions, demanded: readonly number[]): boolean {
  const keys = QUERIES[query] as readonly number[]
  for (let index = 0; index < keys.length; index++)
    if ((value[index] as number) < (demanded[keys[index] as number] as number)) return true
  return false
}

function told({ query, level }: Read, { value, reason }: Served, demanded: readonly number[]): string {
  return `keys ${String(QUERIES[query])} at versions ${String(value)} (${reason}) do not have ${String(demanded)} for ${level}`
}

function checkEpoch(world: World, { query, epoch }: Read, served: Served): void {
  const keys = QUERIES[query] as readonly number[]
  for (let index = 0; index < keys.length; index++)
    if (world.lineage.isLost(keys[index] as number, served.value[index] as number, epoch))
      world.violate(
        'epoch isolation',
        `keys ${String(keys)} at versions ${String(served.value)} were served in epoch ${epoch + 1}`,
      )
}

function checkBound(world: World, { query, startedAt, bound }: Read, value: Versions): void {
  const keys = QUERIES[query] as readonly number[]
  for (let index = 0; index < keys.length; index++) {
    const demanded = world.lineage.visibleAt(keys[index] as number, startedAt - bound)
    if ((value[index] as number) < demanded)
      world.violate(
        'staleness bound',
        `key ${keys[index]} at ${value[index]} lacks ${demanded}, ${bound} before ${startedAt}`,
      )
  }
}

/** Everything in the local cache that the watermark speaks for. */
export function checkFollowed(world: World, instance: Instance): void {
  for (const entry of instance.local) if (entry !== undefined) checkFollowedEntry(world, instance, entry)
}

export function checkFollowedEntry(world: World, { watermark, stream }: Instance, entry: Entry): void {
  if (!entry.followed || watermark === undefined || stream.epoch !== world.epoch) return
  for (const { kind, end, transaction } of world.primary.wal.records) {
    if (end > watermark.lsn) return
    if (kind === 'commit' && transaction !== undefined && !holds(entry, transaction))
      world.violate(
        'watermark soundness',
        `${String(entry.value)} lacks the change at ${end}, before ${watermark.lsn}`,
      )
  }
}

/** A value that passed a tombstone. */
export function checkPassed(world: World, entry: Entry, change: RememberedChange): void {
  const { transactions, min, outside } = change
  for (const each of outside) checkOutside(world, entry, each)
  for (const each of transactions)
    if (each.state !== 'lost' && !holds(entry, each))
      world.violate(
        'tombstone soundness',
        `${String(entry.value)} passed the tombstone at ${min} without ${String(each.versions)}`,
      )
}

function checkOutside(
  world: World,
  { query, outside }: Entry,
  { key, version }: RememberedChange['outside'][number],
): void {
  const found = outside[(QUERIES[query] as readonly number[]).indexOf(key)] as number
  if (found < version)
    world.violate('tombstone soundness', `${found} of key ${key}, outside of the store, lacks ${version}`)
}

/** `reached`: where the log and the transaction ids of the token's epoch are, or ended. */
export function checkDemand(world: World, token: Token, reached: Reached): void {
  const { w, floor, sawFloor } = token
  let lsn = Math.max(w, floor, sawFloor)
  let rx = token.rxFloor
  for (const touched of token.tags.values()) {
    lsn = Math.max(lsn, touched.wrote, touched.saw)
    rx = Math.max(rx, touched.rx)
  }
  if (lsn > reached.lsn)
    world.violate('demands can be met', `a token demands ${lsn}, its epoch has reached ${reached.lsn}`)
  if (rx > reached.xid)
    world.violate('demands can be met', `a token demands what is below ${rx}, its epoch has ${reached.xid}`)
}
