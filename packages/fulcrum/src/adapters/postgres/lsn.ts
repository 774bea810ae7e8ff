/** `16/B374D848` to 0x16_B374D848n: a byte position in the write-ahead log (manual, section 8.20). */
export function parseLsn(text: string): bigint {
  const slash = text.indexOf('/')
  const high = Number.parseInt(text.slice(0, slash), 16)
  const low = Number.parseInt(text.slice(slash + 1), 16)
  return (BigInt(high) << 32n) | BigInt(low)
}
