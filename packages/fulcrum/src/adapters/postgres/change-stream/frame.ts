import type { Lsn } from '../../../consistency/label.ts'
import { ByteReader } from './byte-reader.ts'
import { malformed } from './malformed.ts'

/**
 * What a WAL sender wraps its messages in (manual, section 53.4, START_REPLICATION).
 *
 * - `data`: a message of the output plugin. The positions in its header are those of single changes and prove nothing about commits.
 * - `alive`: `sent` is the end of the last log record that was decoded. Whatever was committed at or before it has been sent before this frame:
 *   the server decodes one record after the other, and a commit record by sending its transaction.
 */
export type Frame =
  | { readonly kind: 'data'; readonly message: Buffer }
  | { readonly kind: 'alive'; readonly sent: Lsn; readonly wantsReply: boolean }

const DATA = 0x77 // w
const ALIVE = 0x6b // k
const STATUS = 0x72 // r

/** Type, start, end and time. */
const DATA_HEADER = 25
/** 2000-01-01, from which PostgreSQL counts microseconds. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1)

/** @throws FUL-4036 */
export function readFrame(chunk: Buffer): Frame {
  const reader = new ByteReader(chunk)
  const kind = reader.byte()
  if (kind === DATA) {
    reader.skip(DATA_HEADER - 1)
    return { kind: 'data', message: chunk.subarray(DATA_HEADER) }
  }
  if (kind !== ALIVE) throw malformed(`a frame of the unknown kind ${kind}`)
  const sent = reader.lsn()
  reader.skip(8)
  return { kind: 'alive', sent, wantsReply: reader.byte() === 1 }
}

export interface Status {
  /** Everything up to here has been taken into account. */
  readonly done: Lsn
  /** Wall-clock milliseconds. */
  readonly wall: number
  /** Asks for an `alive` frame. */
  readonly wantsReply: boolean
}

/** A status update: written, flushed and applied are one and the same here. */
export function statusFrame({ done, wall, wantsReply }: Status): Buffer {
  const frame = Buffer.alloc(34)
  frame[0] = STATUS
  for (const at of [1, 9, 17]) writeUint64(frame, done, at)
  writeUint64(frame, Math.max(0, Math.round((wall - POSTGRES_EPOCH_MS) * 1000)), 25)
  frame[33] = wantsReply ? 1 : 0
  return frame
}

function writeUint64(frame: Buffer, value: number, at: number): void {
  frame.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  frame.writeUInt32BE(value % 2 ** 32, at + 4)
}
