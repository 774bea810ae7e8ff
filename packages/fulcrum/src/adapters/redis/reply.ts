import type { Tombstone } from '../../consistency/tombstone.ts'
import type { Reply } from './client.ts'

/** The answer to `TIME` in milliseconds; `undefined` for what is none. */
export function timeOf(reply: Reply): number | undefined {
  const [seconds, micros] = listOf(reply)
  const time = Number(textOf(seconds)) * 1_000 + Number(textOf(micros)) / 1_000
  return time > 0 ? time : undefined
}

/** A tombstone as the scripts write it; `undefined` where there is none, and for what is none. */
export function tombstoneOf(reply: Reply | undefined): Tombstone | undefined {
  if (reply === null || reply === undefined) return undefined
  const [, min, writeId] = /^(\d{1,16}) (\d{1,16})$/.exec(textOf(reply)) ?? []
  return min === undefined ? undefined : { min: Number(min), writeId: Number(writeId) }
}

export function listOf(reply: Reply): readonly Reply[] {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : NOTHING
}

export function textOf(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString('latin1') : String(reply ?? '')
}

const NOTHING: readonly Reply[] = []
