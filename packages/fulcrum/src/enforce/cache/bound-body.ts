import { tagKey } from '../../consistency/tag-key.ts'

const BYTES = 8

/**
 * Binds the bytes of an entry to its key. A client that has lost count of its replies gives one caller what another one asked for, and a proxy may mix
 * up connections: what comes under a key need not be what was filled under it, and may be somebody else's.
 */
export function bindTo(id: string, body: Uint8Array): Buffer {
  const bound = Buffer.allocUnsafe(BYTES + body.length)
  bound.writeDoubleBE(tagKey(id), 0)
  bound.set(body, BYTES)
  return bound
}

/** The bytes that were bound to this key; `undefined` for any other. */
export function boundTo(id: string, bound: Uint8Array): Uint8Array | undefined {
  if (bound.length < BYTES) return undefined
  const view = new DataView(bound.buffer, bound.byteOffset, BYTES)
  return view.getFloat64(0) === tagKey(id) ? bound.subarray(BYTES) : undefined
}
