import { hkdfSync } from 'node:crypto'

/** What tokens are signed with; made from a secret that all instances share. */
export interface TokenKey {
  /** Four bytes that go with every signature, so that its key is found without trying all of them. Tell nothing of the secret. */
  readonly id: Buffer
  readonly mac: Buffer
}

const ID_BYTES = 4
const MAC_BYTES = 32

/**
 * Derives the key from a secret (HKDF, RFC 5869), so that a secret which signs something else as well never signs the same bytes twice, and so that
 * nobody has to name keys.
 */
export function tokenKey(secret: string | Uint8Array): TokenKey {
  const derived = Buffer.from(hkdfSync('sha256', secret, '', 'fulcrum session token', ID_BYTES + MAC_BYTES))
  return { id: derived.subarray(0, ID_BYTES), mac: derived.subarray(ID_BYTES) }
}
