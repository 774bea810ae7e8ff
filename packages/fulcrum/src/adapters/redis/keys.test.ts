import { describe, expect, it } from 'vitest'
import { Keys } from './keys.ts'

const EPOCH = '7431/3'
const LATER = '7431/4'
const keys = new Keys('shop')
const tagged = { id: 'profiles.get:{"id":7}', tags: [2 ** 52 + 1, 5] }
const plain = { id: 'profiles.get:{"id":7}', tags: [] }

/** What a cluster hashes (cluster specification, "Hash tags"). */
function hashTag(key: string): string | undefined {
  const open = key.indexOf('{')
  const close = key.indexOf('}', open + 1)
  return open >= 0 && close > open + 1 ? key.slice(open + 1, close) : undefined
}

describe('names of keys', () => {
  it.each([tagged, plain])('put an entry, its lease and those who wait in one slot', (key) => {
    const all = [keys.entry(EPOCH, key), keys.lease(EPOCH, key), keys.waiting(EPOCH, key)]
    expect(new Set(all).size).toBe(3)
    expect(new Set(all.map(hashTag)).size).toBe(1)
    expect(hashTag(all[0] ?? '')).toBeTruthy()
  })

  it('put an entry and the tombstone of its first tag in one slot', () => {
    expect(hashTag(keys.tombstone(EPOCH, 2 ** 52 + 1))).toBe(hashTag(keys.entry(EPOCH, tagged)))
  })

  it('differ between epochs, whichever was asked for last', () => {
    const names = [EPOCH, LATER, EPOCH].map((epoch) => keys.lease(epoch, tagged))
    expect(names[0]).not.toBe(names[1])
    expect(names[0]).toBe(names[2])
    expect(keys.tombstone(LATER, 1)).not.toBe(keys.tombstone(EPOCH, 1))
  })

  it('begin with the prefix', () => {
    const all = [
      keys.entry(EPOCH, plain),
      keys.tombstone(EPOCH, 1),
      keys.version('profiles.get'),
      keys.channel,
      ...keys.probes,
    ]
    expect(all.every((name) => name.startsWith('shop:'))).toBe(true)
  })
})
