/**
 * A tag in 53 bits, for tokens and caches: short on the wire, and it does not tell what it names.
 *
 * Two tags with the same key share what is known of either, and the greater demand wins, so a collision costs a cache hit and never a promise.
 * Not a secret and not a signature. The mixing is that of MurmurHash3's finaliser, over two lanes.
 */
export function tagKey(id: string): number {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let index = 0; index < id.length; index += 1) {
    const code = id.charCodeAt(index)
    a = Math.imul(a ^ code, 0x85ebca77)
    b = Math.imul(b ^ code, 0xc2b2ae3d)
  }
  a = mix(a) ^ mix(b ^ id.length)
  b = mix(b) ^ mix(a)
  return 2 ** 32 * (b & 0x1fffff) + (a >>> 0)
}

function mix(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
