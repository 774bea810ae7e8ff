import type { SharedLookup } from '../../ports/shared-cache.ts'
import type { Reply } from './client.ts'
import type { ServerClock } from './server-clock.ts'

/** Expiry on the server's clock and position as doubles, and the length of the body that follows (`struct.pack('>ddI4', …)` in the script that fills). */
const HEADER_BYTES = 20
const LENGTH_AT = 16

/** What was found under the key of an entry. */
export type Found = Omit<SharedLookup, 'tombstones'>

const ABSENT: Found = Object.freeze({ body: undefined, remaining: 0, stamp: 0 })

/** An entry, nothing, or `undefined` for what is something else. */
export function foundIn(value: Reply | undefined, time: ServerClock): Found | undefined {
  if (value === null) return ABSENT
  if (!Buffer.isBuffer(value) || value.length < HEADER_BYTES) return undefined
  if (value.readUInt32BE(LENGTH_AT) !== value.length - HEADER_BYTES) return undefined
  const stamp = value.readDoubleBE(0)
  const remaining = stamp - time.atMost
  if (remaining > 0 && remaining < Infinity) return { body: value.subarray(HEADER_BYTES), remaining, stamp }
  return Number.isFinite(remaining) ? { body: undefined, remaining: 0, stamp } : undefined
}
