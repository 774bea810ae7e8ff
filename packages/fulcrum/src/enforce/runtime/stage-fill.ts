import type { Label } from '../../consistency/label.ts'
import { isDomainError } from '../../declare/error.ts'
import { deepFreeze } from '../../kernel/freeze.ts'
import type { Stage } from '../../plan/plan.ts'
import type { Entry, Stored } from '../cache/entry.ts'
import type { Lookup } from '../cache/lookup.ts'
import type { OperationCache } from '../cache/operation-cache.ts'
import { encode } from '../cache/wire-format.ts'
import type { SharedFill } from '../../ports/shared-cache.ts'
import type { Call } from './call.ts'
import { cacheOf, type StageFactory, type StageParts } from './stage.ts'
import { NO_EPOCH } from './stage-shared-cache.ts'

type FillSettings = Extract<Stage, { stage: 'fill' }>

/** Reads the origin, labels what it says, and keeps it. Answers with the entry. */
export const fill: StageFactory<'fill'> = (settings, next, parts) => {
  const cache = cacheOf(parts)
  return async (call, input) => {
    const lookup = call.lookup as Lookup
    const acknowledged = writesBefore(call, lookup, cache)
    const startedAt = parts.clock.now()
    const stored = await read(call, settings, async () => await next(call, input))
    const label = labelOf(call, acknowledged, parts)
    const asOf = call.read?.asOf ?? startedAt
    const made = entryOf({ stored, label, lookup, startedAt, asOf }, settings, parts)
    cache.keep(lookup.key, made.entry)
    share(cache, call, made)
    return made.entry
  }
}

/** Writes that were acknowledged before the origin is asked. What is read from the primary from now on contains them. */
function writesBefore(
  { token }: Call,
  { tags, acknowledged }: Lookup,
  { caches }: OperationCache,
): readonly number[] {
  const own = tags.flatMap((tag) => token?.tags.get(tag)?.writeId ?? [])
  return [...new Set([...own, ...acknowledged, ...caches.changes.acknowledged(tags)])].filter(
    (id) => id !== 0,
  )
}

async function read(
  call: Call,
  { negativeTtl }: FillSettings,
  next: () => Promise<unknown>,
): Promise<Stored> {
  try {
    const value = await call.scope.finish(call, await next())
    return { kind: 'value', value: deepFreeze(value), version: call.version }
  } catch (error) {
    if (negativeTtl === 0 || !isDomainError(error) || !ABSENT.includes(error.status)) throw error
    return { kind: 'absence', code: error.code, data: deepFreeze(error.data) }
  }
}

/** Not Found, Gone. */
const ABSENT: readonly number[] = [404, 410]

function labelOf(
  { read: label }: Call,
  acknowledged: readonly number[],
  { caches }: StageParts,
): Label | undefined {
  if (label === undefined) return undefined
  const { epoch, source, lo, hi, snapshot, rx } = label
  // A replica may not have the write yet, whoever knows of it.
  return {
    epoch,
    source,
    lo,
    hi,
    snapshot,
    rx,
    fill: caches.id(),
    sees: source === 'primary' ? acknowledged : [],
  }
}

interface Reading {
  readonly stored: Stored
  readonly label: Label | undefined
  readonly lookup: Lookup
  readonly startedAt: number
  readonly asOf: number
}

/** An entry with what the shared cache is given of it. */
interface Made {
  readonly entry: Entry
  readonly body: Buffer
  readonly retention: number
}

function entryOf(reading: Reading, settings: FillSettings, { clock, random, caches }: StageParts): Made {
  const { stored, label, lookup, startedAt, asOf } = reading
  const cost = clock.now() - startedAt
  const full = stored.kind === 'absence' ? settings.negativeTtl : settings.ttl
  const ttl = full * (1 - settings.jitter * random.next())
  const retention = ttl + settings.keep
  const body = encode({ stored, label, tags: lookup.tags, ttl, retention, cost })
  const entry: Entry = {
    stored,
    label,
    tags: lookup.tags,
    readAt: startedAt,
    asOf,
    refreshAt: startedAt + ttl - (settings.refreshEarly ? earlyBy(cost, random.next()) : 0),
    expiresAt: startedAt + ttl,
    goneAt: startedAt + retention,
    cost,
    bytes: 2 * body.length,
    followed: label !== undefined && caches.changes.follows(label),
    isHeld: false,
  }
  return { entry, body, retention }
}

/**
 * How long before its expiry an entry is read anew: XFetch (Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention",
 * VLDB 2015) with β = 1. Drawn once per entry and instance, instead of with each request: instances still spread their readings, and a hit costs a
 * comparison.
 */
function earlyBy(cost: number, draw: number): number {
  return cost * -Math.log(1 - draw)
}

/** In the background: nobody waits for the shared cache to take it. */
function share(cache: OperationCache, { lookup, lease }: Call, { entry, body, retention }: Made): void {
  const { shared } = cache.caches
  if (shared === undefined || !cache.isShared || lookup === undefined) return
  const key = cache.sharedKey(lookup.key, lookup.tags)
  const { label } = entry
  const filled: SharedFill = {
    body,
    source: label?.source ?? 'primary',
    lo: label?.lo ?? 0,
    sees: label?.sees ?? [],
    ttl: retention,
    lease,
  }
  shared.fill(label?.epoch ?? NO_EPOCH, key, filled).catch(() => {})
}
