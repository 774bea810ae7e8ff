import { describe, expect, it } from 'vitest'
import { bucketOf, HASH_TAGS } from './hash-tags.ts'

/** CRC-16/XMODEM, bit by bit (Redis cluster specification, appendix A). */
function crc16(text: string): number {
  let crc = 0
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ ((crc & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff
  }
  return crc
}

describe('the buckets of a cluster', () => {
  it('are in the slots to which their hash tags lead', () => {
    expect(crc16('123456789')).toBe(0x31c3)
    for (const { text, slot } of HASH_TAGS) expect(crc16(text) % 16_384).toBe(slot)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 16])('are spread evenly over %i nodes with equal ranges', (nodes) => {
    const counts = Array.from({ length: nodes }, () => 0)
    for (const { slot } of HASH_TAGS) counts[Math.floor((slot * nodes) / 16_384)]! += 1
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })

  it('get about equally many entries', () => {
    const counts = HASH_TAGS.map(() => 0)
    for (let id = 0; id < 16_000; id += 1) counts[bucketOf(`profiles.get:{"id":${id}}`)]! += 1
    expect(Math.min(...counts)).toBeGreaterThan(850)
    expect(Math.max(...counts)).toBeLessThan(1_150)
  })

  it('have their entries for ever: another instance, of another release, looks there', () => {
    const ids = ['profiles.get:{"id":7}', 'orders.list:{}', 'a']
    expect(ids.map(bucketOf)).toEqual([6, 1, 13])
  })
})
