import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { packr } from '../packr.ts'
import { contentOf, type Stored } from './entry.ts'
import { freezeUnpacked } from './freeze-unpacked.ts'
import { isPortable } from './portable.ts'
import { ABSENCE, COMPRESSED, decodeHead, encodeHead, type WireHead } from './wire-head.ts'

/** Below this compression costs more time than it saves bytes. */
export const COMPRESS_FROM = 4_096
/** What a body may unpack to, so that a broken or hostile one cannot exhaust the memory. */
const MOST_BYTES = 64 * 1024 * 1024

/** An entry as the shared cache holds it. */
export interface WireEntry extends WireHead {
  readonly stored: Stored
}

/** An entry that the shared cache had. Its answer is frozen: several callers may be given it. */
export interface ReadEntry extends WireEntry {
  /** How many bytes the answer was unpacked from. */
  readonly unpackedFrom: number
}

/** A head, and a MessagePack array. `undefined` for an answer that would not come out as it went in. */
export function encode(entry: WireEntry): Buffer | undefined {
  const { stored } = entry
  if (!isPortable(contentOf(stored))) return undefined
  const isValue = stored.kind === 'value'
  const packed = packr.pack(isValue ? [stored.value, stored.version] : [stored.data, stored.code])
  const isLarge = packed.length >= COMPRESS_FROM
  const head = encodeHead(entry, (isLarge ? COMPRESSED : 0) | (isValue ? 0 : ABSENCE))
  return head && Buffer.concat([head, isLarge ? zstdCompressSync(packed) : packed])
}

/** `undefined` for anything that `encode` of this version has not made. Never throws. */
export function decode(bytes: Uint8Array): ReadEntry | undefined {
  try {
    return entryIn(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes))
  } catch {
    return undefined
  }
}

function entryIn(bytes: Buffer): ReadEntry | undefined {
  const head = decodeHead(bytes)
  if (head === undefined) return undefined
  const { label, tags, ttl, retention, cost, flags, end } = head
  const body = bytes.subarray(end)
  const isLarge = (flags & COMPRESSED) !== 0
  const packed = isLarge ? unpacked(body) : body
  const stored = packed && storedOf(packr.unpack(packed), (flags & ABSENCE) === 0)
  return stored && { stored, label, tags, ttl, retention, cost, unpackedFrom: packed.length }
}

/** The zstd decoder of Node ends with the first frame, and passes over what follows it. */
function unpacked(body: Buffer): Buffer | undefined {
  const options = { maxOutputLength: MOST_BYTES, info: true }
  const { buffer, engine } = zstdDecompressSync(body, options) as unknown as Decompressed
  return engine.bytesWritten === body.length ? buffer : undefined
}

/** What is returned with `info` (Node.js manual, "Class: Options" of zlib). */
interface Decompressed {
  readonly buffer: Buffer
  /** `bytesWritten`: what it has taken of the input. */
  readonly engine: { readonly bytesWritten: number }
}

function storedOf(form: unknown, isValue: boolean): Stored | undefined {
  if (!Array.isArray(form)) return undefined
  const content: unknown = form[0]
  freezeUnpacked(content)
  const second: unknown = form[1]
  if (!isValue)
    return typeof second === 'string' ? { kind: 'absence', code: second, data: content } : undefined
  const version = typeof second === 'string' || typeof second === 'number' ? second : undefined
  return { kind: 'value', value: content, version }
}
