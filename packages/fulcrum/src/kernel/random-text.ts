/** Two lower-case hex digits per byte. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function byteHex(byte: number): string {
  return HEX[byte & 0xff] as string
}

function wordHex(word: number): string {
  return byteHex(word >>> 24) + byteHex(word >>> 16) + byteHex(word >>> 8) + byteHex(word)
}

/** `bytes` bytes as hex, from a source of 32 random bits. */
export function hexFrom(word: () => number, bytes: number): string {
  let text = ''
  for (let left = bytes; left >= 4; left -= 4) text += wordHex(word())
  const rest = bytes % 4
  return rest === 0 ? text : text + wordHex(word()).slice(0, 2 * rest)
}

/** A version 4 UUID (RFC 9562, section 5.4) from a source of 32 random bits. */
export function uuidFrom(word: () => number): string {
  const b = wordHex((word() & 0xffff0fff) | 0x00004000)
  const c = wordHex((word() & 0x3fffffff) | 0x80000000)
  return `${wordHex(word())}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${wordHex(word())}`
}
