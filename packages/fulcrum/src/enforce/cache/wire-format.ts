import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { Packr } from 'msgpackr'
import type { Label } from '../../consistency/label.ts'
import type { Snapshot } from '../../consistency/snapshot.ts'
import type { Stored } from './entry.ts'
import { isPortable } from './portable.ts'

/** The first byte of every body. Another one was written by another version of this format: a miss. */
const VERSION = 1
const COMPRESSED = 1

/** Below this compression costs more time than it saves bytes. */
export const COMPRESS_FROM = 4_096
/** What a body may unpack to, so that a broken or hostile one cannot exhaust the memory. */
const MOST_BYTES = 64 * 1024 * 1024

/** An entry as the shared cache holds it. */
export interface WireEntry {
  readonly stored: Stored
  readonly label: Label
  readonly tags: readonly number[]
  /** Milliseconds from its reading to its expiry, and until it is of no use to anybody. */
  readonly ttl: number
  readonly retention: number
  /** Milliseconds that reading it took. */
  readonly cost: number
}

/** MessagePack: as fast as JSON in V8, and it keeps dates, maps, sets and big integers apart from texts. */
const packr = new Packr({ moreTypes: true })

/** Version, flags, and a MessagePack array. `undefined` for an answer that would not come out as it went in. */
export function encode(entry: WireEntry): Buffer | undefined {
  const { stored, label, tags, ttl, retention, cost } = entry
  if (!isPortable(stored.kind === 'value' ? stored.value : stored.data)) return undefined
  const packed = packr.pack([storedForm(stored), labelForm(label), tags, ttl, retention, cost])
  const isLarge = packed.length >= COMPRESS_FROM
  const body = isLarge ? zstdCompressSync(packed) : packed
  return Buffer.concat([Uint8Array.of(VERSION, isLarge ? COMPRESSED : 0), body])
}

/** `undefined` for anything that `encode` of this version has not made. Never throws. */
export function decode(bytes: Uint8Array): WireEntry | undefined {
  if (bytes[0] !== VERSION) return undefined
  try {
    const body = bytes.subarray(2)
    const packed = bytes[1] === COMPRESSED ? zstdDecompressSync(body, { maxOutputLength: MOST_BYTES }) : body
    return entryOf(packr.unpack(packed))
  } catch {
    return undefined
  }
}

function storedForm(stored: Stored): readonly unknown[] {
  return stored.kind === 'value' ? [0, stored.value, stored.version] : [1, stored.code, stored.data]
}

function labelForm({ epoch, source, lo, hi, snapshot, rx, fill, sees }: Label): readonly unknown[] {
  const seen = snapshot && [snapshot.xmin, snapshot.xmax, ...snapshot.xip]
  return [epoch, source === 'replica', lo, hi, seen, rx, fill, sees]
}

function entryOf(form: unknown): WireEntry | undefined {
  if (!Array.isArray(form)) return undefined
  const [storedPart, labelPart, tags, ttl, retention, cost] = form as unknown[]
  const stored = storedOf(storedPart)
  const isSound =
    stored !== undefined && isNumbers(tags) && isNumber(ttl) && isNumber(retention) && isNumber(cost)
  if (!isSound) return undefined
  const label = labelOf(labelPart)
  return label && { stored, label, tags, ttl, retention, cost }
}

function storedOf(form: unknown): Stored | undefined {
  if (!Array.isArray(form)) return undefined
  const [kind, first, second] = form as unknown[]
  if (kind === 1)
    return typeof first === 'string' ? { kind: 'absence', code: first, data: second } : undefined
  const version = typeof second === 'string' || typeof second === 'number' ? second : undefined
  return kind === 0 ? { kind: 'value', value: first, version } : undefined
}

function labelOf(form: unknown): Label | undefined {
  if (!Array.isArray(form)) return undefined
  const [epoch, isReplica, lo, hi, seen, rx, fill, sees] = form as unknown[]
  const isSound =
    typeof epoch === 'string' &&
    isNumber(lo) &&
    isNumber(hi) &&
    isNumber(rx) &&
    isNumber(fill) &&
    isNumbers(sees)
  if (!isSound) return undefined
  return {
    epoch,
    source: isReplica === true ? 'replica' : 'primary',
    lo,
    hi,
    snapshot: snapshotOf(seen),
    rx,
    fill,
    sees,
  }
}

function snapshotOf(form: unknown): Snapshot | undefined {
  if (!isNumbers(form)) return undefined
  const [xmin, xmax, ...xip] = form
  return xmin === undefined || xmax === undefined ? undefined : { xmin, xmax, xip }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isNumber)
}
