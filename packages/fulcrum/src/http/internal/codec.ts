import type { Principal } from '../../declare/principal.ts'
import { packr } from '../../enforce/packr.ts'
import type { RemoteOutcome } from '../../ports/remote.ts'

/** What a call says besides what its headers do. */
export interface CallBody {
  readonly input: unknown
  readonly principal: Principal | undefined
}

/** How bodies of internal calls are written; both sides write the same. */
export interface Codec {
  readonly mediaType: string
  pack(value: unknown): Uint8Array
  /** Throws for what it has not written. */
  unpack(bytes: Uint8Array): unknown
}

/** MessagePack: dates, big integers, maps, sets and binary data arrive as what they were. */
export const BINARY: Codec = {
  mediaType: 'application/vnd.fulcrum+msgpack',
  pack: (value) => packr.pack(value),
  unpack: (bytes) => packr.unpack(bytes) as unknown,
}

export function packCall({ input, principal }: CallBody, codec: Codec): Uint8Array {
  return codec.pack([input, principal])
}

/** `undefined` for what is no call. */
export function unpackCall(bytes: Uint8Array, codec: Codec): CallBody | undefined {
  const value = unpacked(bytes, codec)
  if (!Array.isArray(value) || value.length !== 2) return undefined
  return { input: value[0] as unknown, principal: (value[1] ?? undefined) as Principal | undefined }
}

const KINDS: readonly unknown[] = ['value', 'domain error', 'error']

export function packOutcome(outcome: RemoteOutcome, codec: Codec): Uint8Array {
  return codec.pack(outcome)
}

/** `undefined` for what is no outcome. */
export function unpackOutcome(bytes: Uint8Array, codec: Codec): RemoteOutcome | undefined {
  const value = unpacked(bytes, codec)
  const { kind } = (value ?? {}) as { readonly kind?: unknown }
  return KINDS.includes(kind) ? (value as RemoteOutcome) : undefined
}

function unpacked(bytes: Uint8Array, codec: Codec): unknown {
  try {
    return codec.unpack(bytes)
  } catch {
    return undefined
  }
}
