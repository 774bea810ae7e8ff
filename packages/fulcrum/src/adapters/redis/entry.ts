import type { SharedLookup } from '../../ports/shared-cache.ts'
import type { Reply } from './client.ts'
import type { ServerClock } from './server-clock.ts'

/** Expiry on the server's clock and position as doubles, and the length of the body that follows (`struct.pack('>ddI4', …)` in the script that fills). */
const HEADER_BYTES = 20
const LENGTH_AT = 16

/** Nothing was found, or `damaged` something that is not an entry. */
export type Found = Pick<SharedLookup, 'body' | 'remaining'> | 'damaged'

const ABSENT: Found = Object.freeze({ body: undefined, remaining: 0 })

/** What was found under the key of an entry. */
export function foundIn(value: Reply | undefined, time: ServerClock): Found {
  if (value === null) return ABSENT
  if (!Buffer.isBuffer(value) || value.length < HEADER_BYTES) return 'damaged'
  if (value.readUInt32BE(LENGTH_AT) !== value.length - HEADER_BYTES) return 'damaged'
  const remaining = value.readDoubleBE(0) - time.atMost
  if (remaining > 0 && remaining < Infinity) return { body: value.subarray(HEADER_BYTES), remaining }
  return Number.isFinite(remaining) ? ABSENT : 'damaged'
}
