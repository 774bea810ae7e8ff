import type { Label } from '../../consistency/label.ts'
import { hasPosition, type Tombstone } from '../../consistency/tombstone.ts'
import { isDomainError } from '../../declare/error.ts'
import { deepFreeze } from '../../kernel/freeze.ts'
import type { Stage } from '../../plan/plan.ts'
import { earlyBy } from '../cache/early-refresh.ts'
import { labelElsewhere } from '../cache/elsewhere.ts'
import { contentOf, type Entry, type Stored } from '../cache/entry.ts'
import type { Lookup } from '../cache/lookup.ts'
import { memorySize } from '../cache/memory-size.ts'
import type { OperationCache } from '../cache/operation-cache.ts'
import type { Call } from './call.ts'
import { cacheOf, type StageFactory, type StageParts } from './stage.ts'

type FillSettings = Extract<Stage, { stage: 'fill' }>

/** Reads the origin, labels what it says, and keeps it. Answers with the entry. */
export const fill: StageFactory<'fill'> = (settings, next, parts) => {
  const cache = cacheOf(parts)
  const { clock } = parts
  return async (call, input) => {
    const lookup = call.lookup as Lookup
    const before = writesBefore(call, lookup, cache)
    const startedAt = clock.now()
    const stored = await read(call, settings, async () => await next(call, input))
    const label = labelOf(call, before, parts)
    const now = clock.now()
    const cost = now - startedAt
    const entry = entryOf({ call, stored, label, startedAt, cost }, settings, parts)
    call.probe.noted('fill')
    cache.keep(lookup.key, entry, now)
    share(cache, call, { entry, cost, keep: settings.keep })
    return entry
  }
}

/** Ids of writes that were acknowledged before the origin is asked. */
interface WritesBefore {
  /** What is read from the primary from now on contains these, too. */
  readonly all: readonly number[]
  /** What they changed is not in the store, so that it makes no difference which node is read. */
  readonly elsewhere: readonly number[]
}

function writesBefore({ token }: Call, lookup: Lookup, { caches }: OperationCache): WritesBefore {
  const { tags } = lookup
  const own = tags.flatMap((tag) => token?.tags.get(tag)?.writeId ?? [])
  const told = [...lookup.acknowledged, ...caches.changes.acknowledged(tags)]
  const elsewhere = idsOf(told.filter((tombstone) => !hasPosition(tombstone)))
  const all = new Set([...own, ...idsOf(told)])
  all.delete(0)
  return { all: [...all], elsewhere: [...new Set(elsewhere)] }
}

function idsOf(tombstones: readonly Tombstone[]): readonly number[] {
  return tombstones.map(({ writeId }) => writeId)
}

async function read(call: Call, { negativeTtl }: FillSettings, next: () => unknown): Promise<Stored> {
  try {
    const returned = await next()
    const value = call.finished ? returned : await call.scope.finish(call, returned)
    return { kind: 'value', value: deepFreeze(value), version: call.version }
  } catch (error) {
    const isAbsence = isDomainError(error) && ABSENT.includes(error.status) && isDeclared(call, error.code)
    if (negativeTtl === 0 || !isAbsence) throw error
    return { kind: 'absence', code: error.code, data: deepFreeze(error.data) }
  }
}

/** Not Found, Gone. */
const ABSENT: readonly number[] = [404, 410]

function isDeclared({ scope: { operation } }: Call, code: string): boolean {
  return (operation.errors as readonly { readonly name: string }[]).some(({ name }) => name === code)
}

/** `undefined` where the store was asked and could not say what it has. */
function labelOf(call: Call, before: WritesBefore, { caches }: StageParts): Label | undefined {
  const id = caches.id()
  if (call.read !== undefined) {
    const { epoch, source, lo, hi, snapshot, rx } = call.read
    // A replica may not have the write yet, whoever knows of it.
    const sees = source === 'primary' ? before.all : before.elsewhere
    return { epoch, source, lo, hi, snapshot, rx, fill: id, sees }
  }
  return call.source === 0 ? labelElsewhere(id, before.all) : undefined
}

interface Reading {
  readonly call: Call
  readonly stored: Stored
  readonly label: Label | undefined
  readonly startedAt: number
  readonly cost: number
}

function entryOf(reading: Reading, settings: FillSettings, { random }: StageParts): Entry {
  const { call, stored, label, startedAt, cost } = reading
  const full = stored.kind === 'absence' ? settings.negativeTtl : settings.ttl
  const ttl = full * (1 - settings.jitter * random.next())
  // What it was made of may have come from caches itself.
  const readAt = startedAt - call.age
  const expiresAt = startedAt + ttl
  return {
    stored,
    label,
    tags: (call.lookup as Lookup).tags,
    readAt,
    asOf: asOf(call, readAt),
    refreshAt: settings.refreshEarly ? expiresAt - earlyBy(cost, random) : expiresAt,
    expiresAt,
    bytes: memorySize(contentOf(stored)),
    isFollowed: false,
    isHeld: false,
    answer: undefined,
  }
}

function asOf({ read: labelled, source }: Call, readAt: number): number {
  if (labelled !== undefined) return labelled.asOf
  return source === 0 ? readAt : -Infinity
}

interface Filled {
  readonly entry: Entry
  readonly cost: number
  readonly keep: number
}

/** In the background: readers do not wait for the shared cache to take it. */
function share({ shared }: OperationCache, call: Call, filled: Filled): void {
  if (shared === undefined) return
  const lookup = call.lookup as Lookup
  lookup.filling = shared.fill(shared.keyOf(lookup.key, lookup.tags), { ...filled, lease: call.lease })
  // With the fill the lease is over.
  if (lookup.filling !== undefined) call.lease = undefined
}
