/**
 * The only source of randomness for the rest of the code base, so that a run can be replayed from a seed.
 *
 * Implementations: `random-real.ts` and `random-seeded.ts`. Neither is fit for secrets: keys and signatures use `node:crypto` directly.
 */
export interface Random {
  /** A uniformly distributed number in [0, 1). */
  next(): number
  /** A uniformly distributed integer in [0, below). */
  int(below: number): number
  /** A random (version 4) UUID, RFC 9562. */
  uuid(): string
  /** `bytes` random bytes as lower-case hex, e.g. 16 for a W3C trace id and 8 for a span id. */
  hex(bytes: number): string
}
