import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Token } from '../../consistency/token.ts'
import { decodeToken, encodeToken, MOST_TOKEN_BYTES } from '../../consistency/token-codec.ts'
import { Recent } from './recent.ts'
import { type TokenKey, tokenKey } from './token-keys.ts'

const ID = 4
/** HMAC-SHA-256 cut to 128 bits, the least that RFC 2104 (section 5) advises: a guess succeeds once in 2^128, and headers stay short. */
const TAG = 16

/** The longest text of a token: well below the 4 KB that browsers grant a cookie and proxies a header. */
export const MOST_TOKEN_TEXT: number = Math.ceil(((ID + TAG + MOST_TOKEN_BYTES) * 4) / 3)

/** Tokens that were read lately and need no second look at their signature: some megabytes at most, typically one. */
const MOST_RECENT = 4_096

/**
 * What a text is: a token; one that was signed with a key that is not among the present ones, retired or never there; or nothing that was ever
 * signed.
 */
export type ReadToken =
  { readonly outcome: 'token'; readonly token: Token } | { readonly outcome: 'unknown key' | 'forged' }

const FORGED: ReadToken = { outcome: 'forged' }
const UNKNOWN_KEY: ReadToken = { outcome: 'unknown key' }

/**
 * Writes tokens as texts and reads them back: base64url of key id, signature and bytes.
 *
 * Signed, because a token makes the server work and wait: a forged one with a position far ahead would send every read to the primary, or to nobody.
 * Not encrypted: it tells positions in the log and hashes of tags, and its owner may know both. It is no credential either. Whoever sends
 * somebody else's token gets answers that are as fresh as that one demands.
 */
export class TokenSigner {
  readonly #keys: readonly [TokenKey, ...TokenKey[]]
  readonly #read = new Recent<ReadToken & { readonly outcome: 'token' }>(MOST_RECENT)
  /** Of tokens that were read or written: what has not changed is not signed again. */
  readonly #texts = new WeakMap<Token, string>()

  /** The first secret signs, all are accepted. */
  constructor(secrets: readonly [string | Uint8Array, ...(string | Uint8Array)[]]) {
    const [current, ...older] = secrets
    this.#keys = [tokenKey(current), ...older.map(tokenKey)]
  }

  write(token: Token): string {
    const known = this.#texts.get(token)
    if (known !== undefined) return known
    const [{ id, mac }] = this.#keys
    const bytes = encodeToken(token)
    const text = Buffer.concat([id, signature(mac, bytes), bytes]).toString('base64url')
    this.#texts.set(token, text)
    return text
  }

  read(text: string): ReadToken {
    const known = this.#read.get(text)
    if (known !== undefined) return known
    const read = this.#verify(text)
    if (read.outcome === 'token') this.#read.set(text, read)
    return read
  }

  #verify(text: string): ReadToken {
    if (text.length > MOST_TOKEN_TEXT) return FORGED
    const all = Buffer.from(text, 'base64url')
    // Decoders pass over what they do not know.
    if (all.toString('base64url') !== text) return FORGED
    const [id, tag, bytes] = [all.subarray(0, ID), all.subarray(ID, ID + TAG), all.subarray(ID + TAG)]
    if (tag.length < TAG) return FORGED
    const key = this.#keys.find((candidate) => candidate.id.equals(id))
    if (key === undefined) return UNKNOWN_KEY
    if (!timingSafeEqual(signature(key.mac, bytes), tag)) return FORGED
    const token = decodeToken(bytes)
    // Signed with a present key, in another version of the format: as good as signed with a key of another time.
    if (token === undefined) return UNKNOWN_KEY
    // With an older key it is signed anew when it is written, before that key retires.
    if (key === this.#keys[0]) this.#texts.set(token, text)
    return { outcome: 'token', token }
  }
}

function signature(mac: Buffer, bytes: Uint8Array): Buffer {
  return createHmac('sha256', mac).update(bytes).digest().subarray(0, TAG)
}
