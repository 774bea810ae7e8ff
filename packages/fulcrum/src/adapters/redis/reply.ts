import type { Tombstone } from '../../consistency/tombstone.ts'
import type { Reply } from './client.ts'

/** The answer to `TIME` in milliseconds; `undefined` for what is none. */
export function timeOf(reply: Reply): number | undefined {
  const [seconds, micros] = listOf(reply)
  const time = Number(textOf(seconds)) * 1_000 + Number(textOf(micros)) / 1_000
  return time > 0 ? time : undefined
}

/** The tombstones of a tag as the scripts write them; none where there is none, and for what is none. */
export function tombstonesOf(reply: Reply | undefined): readonly Tombstone[] {
  if (reply === null || reply === undefined) return NO_TOMBSTONES
  const [, min, writeId, elsewhere = ''] = TOMBSTONES.exec(textOf(reply)) ?? []
  if (min === undefined) return NO_TOMBSTONES
  const stored = min === '0' ? NO_TOMBSTONES : [{ min: Number(min), writeId: Number(writeId) }]
  if (elsewhere === '') return stored
  const ids = elsewhere.slice(1).split(' ')
  return [...stored, ...ids.map((id) => ({ min: 0, writeId: Number(id) }))]
}

const TOMBSTONES = /^(\d{1,16}) (\d{1,16})((?: \d{1,16})*)$/
const NO_TOMBSTONES: readonly Tombstone[] = Object.freeze([])

export function listOf(reply: Reply): readonly Reply[] {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : NOTHING
}

export function textOf(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString('latin1') : String(reply ?? '')
}

const NOTHING: readonly Reply[] = []
