import type { Lsn } from '../../consistency/label.ts'

/** `16/B374D848` to 0x16_B374D848: a byte position in the write-ahead log (manual, section 8.20). Exact up to 2^53, see `checkPosition`. */
export function parseLsn(text: string): Lsn {
  const slash = text.indexOf('/')
  const high = Number.parseInt(text.slice(0, slash), 16)
  const low = Number.parseInt(text.slice(slash + 1), 16)
  return high * 2 ** 32 + low
}

/** The other way round, for messages and statements. */
export function formatLsn(lsn: Lsn): string {
  return `${Math.floor(lsn / 2 ** 32).toString(16)}/${(lsn % 2 ** 32).toString(16)}`.toUpperCase()
}
