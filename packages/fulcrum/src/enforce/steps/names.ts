import { hash } from 'node:crypto'
import type { MemoPart } from '../../ports/step-log.ts'

/** Half of a SHA-256: 128 bits. */
const DIGITS = 32

/** The key of a step, or of its undoing: the same in every attempt, another one in every run. */
export function keyOf(run: string, name: string, part: MemoPart): string {
  return hash('sha256', `${run} ${part} ${name}`, 'hex').slice(0, DIGITS)
}

/** The n-th UUID of a run: of version 8, whose bits are the application's own (RFC 9562, 5.8). */
export function uuidOf(run: string, n: number): string {
  const digits = keyOf(run, `uuid ${n}`, 'step')
  const variant = ((Number.parseInt(digits.charAt(16), 16) & 3) | 8).toString(16)
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`]
  return [...parts, `${variant}${digits.slice(17, 20)}`, digits.slice(20)].join('-')
}
