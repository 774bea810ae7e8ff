import { generateKeySync } from 'node:crypto'

/**
 * A new secret as lower-case hex. From the system's generator and not from an injected `Random`: what can be replayed from a seed is
 * no secret.
 */
export function newSecret(bits: number): string {
  return generateKeySync('hmac', { length: bits }).export().toString('hex')
}
