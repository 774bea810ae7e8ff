// Fills a local tier until it has evicted most of what was put into it, and prints what it says that it takes and what the heap says.
// node --expose-gc fill-local-tier.ts '{"tags":1,"text":20,"shared":false}'
import { setTimeout as pause } from 'node:timers/promises'
import type { Entry } from '../../../packages/fulcrum/src/enforce/cache/entry.ts'
import { LocalTier } from '../../../packages/fulcrum/src/enforce/cache/local-tier.ts'
import { memorySize, unpackedSize } from '../../../packages/fulcrum/src/enforce/cache/memory-size.ts'
import { decode, encode, type WireEntry } from '../../../packages/fulcrum/src/enforce/cache/wire-format.ts'

export interface Filling {
  /** Tags of each entry. */
  readonly tags: number
  /** Length of each text of an answer. */
  readonly text: number
  /** The entries come from the shared cache. */
  readonly shared: boolean
  /** What a primary said was in progress is a part of their labels. */
  readonly snapshots: boolean
}

/** In bytes. */
export interface Filled {
  readonly entries: number
  readonly counted: number
  readonly heap: number
}

const BOUND = 8 * 2 ** 20
/** As many bytes of entries are put as would fill it so often. */
const TIMES = 3

const filling = JSON.parse(process.argv[2] ?? '') as Filling
let made = 0
warmUp()
const before = await heap()
const tier = new LocalTier({ entries: Infinity, bytes: BOUND })
fill(tier)
const after = await heap()
console.log(
  JSON.stringify({ entries: tier.size, counted: tier.bytes, heap: after - before } satisfies Filled),
)

/** The code that is compiled and the shapes that are made by the way are none of the tier's. Returns, so that nothing holds its tier any more. */
function warmUp(): void {
  fill(new LocalTier({ entries: Infinity, bytes: BOUND }))
}

function fill(into: LocalTier): void {
  const shelf = into.shelf({ isTagged: true })
  for (let bytes = 0; bytes < TIMES * BOUND;) {
    const entry = entryOf(made)
    shelf.put(fresh(`user:${made}`), entry)
    made += 1
    bytes += entry.bytes + 1_000
  }
}

function entryOf(index: number): Entry {
  const sent = wireOf(index)
  const received = filling.shared ? decode(encode(sent) as Buffer) : undefined
  const { stored, label, tags } = received ?? sent
  const value = stored.kind === 'value' ? stored.value : undefined
  const readAt = index + 0.5
  return {
    stored,
    label,
    tags,
    readAt,
    asOf: readAt + 0.1,
    refreshAt: readAt + 30_000.1,
    expiresAt: readAt + 30_000.2,
    bytes: received === undefined ? memorySize(value) : unpackedSize(value, received.unpackedFrom),
    isFollowed: false,
    isHeld: false,
    // Half of them have been hit.
    answer: index % 2 === 0 ? Promise.resolve(value) : undefined,
  }
}

function wireOf(index: number): WireEntry {
  const text = 'x'.repeat(filling.text)
  const value = fresh({
    id: `u${index}`,
    name: `User ${index}`,
    text,
    lines: [{ text: `${text}1` }, { text: `${text}2` }],
    index,
  })
  return {
    stored: { kind: 'value', value, version: undefined },
    label: {
      epoch: '7431238765432109876/3',
      source: 'primary',
      lo: 5e9 + index,
      hi: 5e9 + index + 100,
      snapshot: filling.snapshots
        ? { xmin: 5e9 + index, xmax: 5e9 + index + 7, xip: [5e9 + index + 3] }
        : undefined,
      rx: 0,
      fill: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
      sees: [],
    },
    tags: Array.from({ length: filling.tags }, () => Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)),
    ttl: 30_000,
    retention: 30_000,
    cost: 1.5,
  }
}

/** Not shared with anything, as what comes from a database or from the wire. */
function fresh<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

async function heap(): Promise<number> {
  for (let turn = 0; turn < 4; turn += 1) {
    globalThis.gc?.()
    await pause(10)
  }
  return process.memoryUsage().heapUsed
}
