import type { Label } from '../../consistency/label.ts'
import type { Snapshot } from '../../consistency/snapshot.ts'

/**
 * What surrounds an answer in the shared cache. It is read with every hit, so it is not a part of the MessagePack:
 *
 * ```
 * version, flags, length of the epoch: a byte each · numbers of sees, tags and xip: two bytes each · the epoch in Latin-1
 * lo, hi, rx, fill, ttl, retention, cost, sees, tags, and where a flag says so xmin, xmax, xip: doubles
 * ```
 *
 * All of it little-endian.
 */
export interface WireHead {
  readonly label: Label
  readonly tags: readonly number[]
  /** Milliseconds from its reading to its expiry, and until it is of no use to anybody. */
  readonly ttl: number
  readonly retention: number
  /** Milliseconds that reading it took. */
  readonly cost: number
}

/** Another one was written by another version of this format: a miss. */
const VERSION = 2
export const COMPRESSED = 1
export const ABSENCE = 2
const REPLICA = 4
const SNAPSHOT = 8

const FIXED_BYTES = 9
const FIXED_NUMBERS = 7
const MOST = 0xffff

/** `undefined` where something in it is longer than anything sensible. */
export function encodeHead(
  { label, tags, ttl, retention, cost }: WireHead,
  flags: number,
): Buffer | undefined {
  const { epoch, source, lo, hi, snapshot, rx, fill, sees } = label
  const xip = snapshot?.xip ?? []
  if (epoch.length > 0xff || sees.length > MOST || tags.length > MOST || xip.length > MOST) return undefined
  const seen = snapshot === undefined ? [] : [snapshot.xmin, snapshot.xmax, ...xip]
  const numbers = [lo, hi, rx, fill, ttl, retention, cost, ...sees, ...tags, ...seen]
  const bytes = Buffer.allocUnsafe(FIXED_BYTES + epoch.length + 8 * numbers.length)
  const own = (source === 'replica' ? REPLICA : 0) | (snapshot === undefined ? 0 : SNAPSHOT)
  bytes[0] = VERSION
  bytes[1] = flags | own
  bytes[2] = epoch.length
  bytes.writeUInt16LE(sees.length, 3)
  bytes.writeUInt16LE(tags.length, 5)
  bytes.writeUInt16LE(xip.length, 7)
  bytes.write(epoch, FIXED_BYTES, 'latin1')
  for (const [index, number] of numbers.entries())
    bytes.writeDoubleLE(number, FIXED_BYTES + epoch.length + 8 * index)
  return bytes
}

export interface ReadHead extends WireHead {
  readonly flags: number
  /** Where the answer begins. */
  readonly end: number
}

/** @throws RangeError where bytes are missing. `undefined` for another version. */
export function decodeHead(bytes: Buffer): ReadHead | undefined {
  if (bytes[0] !== VERSION) return undefined
  const flags = bytes.readUInt8(1)
  const start = FIXED_BYTES + bytes.readUInt8(2)
  const sees = start + 8 * FIXED_NUMBERS
  const tags = sees + 8 * bytes.readUInt16LE(3)
  const seen = tags + 8 * bytes.readUInt16LE(5)
  const end = seen + ((flags & SNAPSHOT) === 0 ? 0 : 16 + 8 * bytes.readUInt16LE(7))
  const label: Label = {
    epoch: bytes.toString('latin1', FIXED_BYTES, start),
    source: (flags & REPLICA) === 0 ? 'primary' : 'replica',
    lo: bytes.readDoubleLE(start),
    hi: bytes.readDoubleLE(start + 8),
    snapshot: (flags & SNAPSHOT) === 0 ? undefined : snapshotAt(bytes, seen, end),
    rx: bytes.readDoubleLE(start + 16),
    fill: bytes.readDoubleLE(start + 24),
    sees: numbersAt(bytes, sees, tags),
  }
  return {
    label,
    tags: numbersAt(bytes, tags, seen),
    ttl: bytes.readDoubleLE(start + 32),
    retention: bytes.readDoubleLE(start + 40),
    cost: bytes.readDoubleLE(start + 48),
    flags,
    end,
  }
}

function snapshotAt(bytes: Buffer, start: number, end: number): Snapshot {
  const xmin = bytes.readDoubleLE(start)
  const xmax = bytes.readDoubleLE(start + 8)
  return { xmin, xmax, xip: numbersAt(bytes, start + 16, end) }
}

function numbersAt(bytes: Buffer, start: number, end: number): readonly number[] {
  if (start === end) return NO_NUMBERS
  const numbers: number[] = []
  for (let at = start; at < end; at += 8) numbers.push(bytes.readDoubleLE(at))
  return numbers
}

const NO_NUMBERS: readonly number[] = Object.freeze([])
