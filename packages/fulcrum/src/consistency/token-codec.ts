import { type EpochId, epochId, parseEpoch } from './epoch.ts'
import { MOST_TAGS, type Token, type Touched } from './token.ts'
import { ByteReader, ByteWriter } from './token-codec-bytes.ts'

/** The first byte of every token. Another one was written by another version of this format. */
const VERSION = 1

/** At most this many bytes: 32 tags with everything there is to say about them. Ten tags that were written and read take about 320. */
export const MOST_TOKEN_BYTES = 1_600

/** Parts of a token, and of what it says about a tag, that are zero are left out; a byte before each tells which. */
const EPOCH = 1
const W = 2
const FLOOR = 4
const SAW_FLOOR = 8
const RX_FLOOR = 16
const KNOWN_HEAD = EPOCH | W | FLOOR | SAW_FLOOR | RX_FLOOR

const WROTE = 1
const WRITE_ID = 2
const SAW = 4
const RX = 8
const FILL = 16
const KNOWN_TOUCHED = WROTE | WRITE_ID | SAW | RX | FILL

/**
 * A token in a few bytes, for headers and cookies: version, what there is, the epoch, the positions above the smallest of them, and the tags in
 * their order.
 *
 * Positions of one session are near each other and far from zero, so each is written as what it is above the smallest. Tags and ids are random
 * numbers of 53 bits, which nothing makes shorter than seven bytes.
 */
export function encodeToken(token: Token): Uint8Array {
  const writer = new ByteWriter()
  const { epoch, w, floor, sawFloor, rxFloor, tags } = token
  writer.byte(VERSION)
  writer.byte(
    flag(epoch !== undefined, EPOCH) |
      flag(w > 0, W) |
      flag(floor > 0, FLOOR) |
      flag(sawFloor > 0, SAW_FLOOR) |
      flag(rxFloor > 0, RX_FLOOR),
  )
  if (epoch !== undefined) writeEpoch(writer, epoch)
  const bases = basesOf(token)
  writer.varint(bases.lsn)
  writer.varint(bases.xid)
  for (const position of [w, floor, sawFloor]) writeAbove(writer, position, bases.lsn)
  writeAbove(writer, rxFloor, bases.xid)
  writer.byte(tags.size)
  for (const [tag, touched] of tags) writeTag(writer, [tag, touched], bases)
  return writer.bytes
}

/** `undefined` for anything that `encodeToken` of this version has not made. Never throws. */
export function decodeToken(bytes: Uint8Array): Token | undefined {
  if (bytes.length > MOST_TOKEN_BYTES) return undefined
  const reader = new ByteReader(bytes)
  const version = reader.byte()
  const has = reader.byte()
  if (version !== VERSION || (has & ~KNOWN_HEAD) !== 0) return undefined
  const epoch = (has & EPOCH) === 0 ? undefined : readEpoch(reader)
  const bases = { lsn: reader.varint(), xid: reader.varint() }
  const w = readAbove(reader, has & W, bases.lsn)
  const floor = readAbove(reader, has & FLOOR, bases.lsn)
  const sawFloor = readAbove(reader, has & SAW_FLOOR, bases.lsn)
  const rxFloor = readAbove(reader, has & RX_FLOOR, bases.xid)
  const tags = readTags(reader, bases)
  return tags !== undefined && reader.isComplete ? { epoch, w, floor, sawFloor, rxFloor, tags } : undefined
}

/** What positions and transaction ids are written above. */
interface Bases {
  readonly lsn: number
  readonly xid: number
}

function basesOf({ w, floor, sawFloor, rxFloor, tags }: Token): Bases {
  let lsn = least(least(least(0, w), floor), sawFloor)
  let xid = least(0, rxFloor)
  for (const { wrote, saw, rx } of tags.values()) {
    lsn = least(least(lsn, wrote), saw)
    xid = least(xid, rx)
  }
  return { lsn, xid }
}

/** The smaller of two numbers; 0 is none. */
function least(a: number, b: number): number {
  if (a === 0 || b === 0) return a + b
  return Math.min(a, b)
}

function flag(holds: boolean, bit: number): number {
  return holds ? bit : 0
}

function writeAbove(writer: ByteWriter, value: number, base: number): void {
  if (value > 0) writer.varint(value - base)
}

function readAbove(reader: ByteReader, present: number, base: number): number {
  return present === 0 ? 0 : reader.above(base)
}

/** The system identifier is a number of 64 bits: two halves. */
function writeEpoch(writer: ByteWriter, epoch: EpochId): void {
  const { systemId, timeline } = parseEpoch(epoch) ?? { systemId: '0', timeline: 0 }
  const id = BigInt(systemId)
  writer.varint(Number(id >> 32n))
  writer.varint(Number(id & 0xffff_ffffn))
  writer.varint(timeline)
}

function readEpoch(reader: ByteReader): EpochId {
  const high = BigInt(reader.varint())
  const low = BigInt(reader.varint())
  return epochId({ systemId: String((high << 32n) | low), timeline: reader.varint() })
}

function writeTag(writer: ByteWriter, [tag, touched]: readonly [number, Touched], bases: Bases): void {
  const { wrote, writeId, saw, rx, fill } = touched
  writer.byte(
    flag(wrote > 0, WROTE) |
      flag(writeId > 0, WRITE_ID) |
      flag(saw > 0, SAW) |
      flag(rx > 0, RX) |
      flag(fill > 0, FILL),
  )
  writer.wide(tag)
  writeAbove(writer, wrote, bases.lsn)
  if (writeId > 0) writer.wide(writeId)
  writeAbove(writer, saw, bases.lsn)
  writeAbove(writer, rx, bases.xid)
  if (fill > 0) writer.wide(fill)
}

function readTags(reader: ByteReader, bases: Bases): Map<number, Touched> | undefined {
  const count = reader.byte()
  if (count > MOST_TAGS) return undefined
  const tags = new Map<number, Touched>()
  for (let index = 0; index < count && !reader.isBroken; index += 1) {
    const has = reader.byte()
    if ((has & ~KNOWN_TOUCHED) !== 0) return undefined
    tags.set(reader.wide(), readTouched(reader, has, bases))
  }
  return tags.size === count ? tags : undefined
}

function readTouched(reader: ByteReader, has: number, bases: Bases): Touched {
  return {
    wrote: readAbove(reader, has & WROTE, bases.lsn),
    writeId: (has & WRITE_ID) === 0 ? 0 : reader.wide(),
    saw: readAbove(reader, has & SAW, bases.lsn),
    rx: readAbove(reader, has & RX, bases.xid),
    fill: (has & FILL) === 0 ? 0 : reader.wide(),
  }
}
