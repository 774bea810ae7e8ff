import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { InternalHeaders } from './headers.ts'

/** A signature is of use for so long, in milliseconds, by the clocks of both sides: what was recorded cannot be sent again later. */
export const SIGNATURE_MS = 60_000

/** What a signature speaks for. */
export interface Signed {
  readonly operation: string
  readonly headers: InternalHeaders
  readonly body: Uint8Array
}

/** Headers that change what a call does. What is left of its time and its trace may be changed on the way. */
const SPOKEN_FOR = ['idempotency-key', 'if-match', 'fulcrum-token'] as const

/** `t=<milliseconds since 1970>, v1=<HMAC-SHA-256 in hexadecimal digits>` */
export function sign(signed: Signed, key: string, now: number): string {
  const time = String(Math.round(now))
  return `t=${time}, v1=${digest(signed, key, time)}`
}

/** Why a signature is not good; `undefined` where one of the keys has made it, lately. */
export function signatureProblem(
  text: string | undefined,
  signed: Signed,
  { keys, now }: { readonly keys: readonly string[]; readonly now: number },
): string | undefined {
  if (text === undefined) return 'it has no signature'
  const [, time, mac] = /^t=(\d{1,16}), v1=([0-9a-f]{64})$/.exec(text) ?? []
  if (time === undefined || mac === undefined) return 'its signature cannot be read'
  const isRight = keys.some((key) => areEqual(mac, digest(signed, key, time)))
  if (!isRight) return 'its signature is of no key that this process has, or of another call'
  return Math.abs(now - Number(time)) <= SIGNATURE_MS
    ? undefined
    : 'its signature is too old, or of the future'
}

function digest({ operation, headers, body }: Signed, key: string, time: string): string {
  const fields = SPOKEN_FOR.map((name) => headers[name] ?? null)
  const text = JSON.stringify(['fulcrum-call-1', time, operation, fields, hash('sha256', body, 'hex')])
  return createHmac('sha256', key).update(text).digest('hex')
}

function areEqual(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
