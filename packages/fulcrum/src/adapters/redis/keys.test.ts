import { describe, expect, it } from 'vitest'
import { Keys } from './keys.ts'

const EPOCH = '7431/3'
const LATER = '7431/4'
const plain = new Keys('shop')
const braced = new Keys('shop', '8yc')
const key = { id: 'profiles.get:{"id":7}', tags: [2 ** 52 + 1, 5] }

function namesOf(keys: Keys): string[] {
  const ofEntry = [keys.entry(EPOCH, key), keys.lease(EPOCH, key), keys.waiting(EPOCH, key)]
  return [...ofEntry, keys.tombstone(EPOCH, 7), keys.version('profiles.get'), ...keys.probes]
}

/** What a cluster hashes (cluster specification, "Hash tags"). */
function hashTag(name: string): string | undefined {
  const open = name.indexOf('{')
  const close = name.indexOf('}', open + 1)
  return open >= 0 && close > open + 1 ? name.slice(open + 1, close) : undefined
}

describe('names of keys', () => {
  it.each([plain, braced])('are different for everything, and begin with the prefix', (keys) => {
    const names = [...namesOf(keys), keys.channel]
    expect(new Set(names).size).toBe(names.length)
    expect(names.every((name) => name.startsWith('shop:'))).toBe(true)
  })

  it('put all that is in a bucket in its slot', () => {
    expect(new Set(namesOf(braced).map(hashTag))).toEqual(new Set(['8yc']))
  })

  it('ask for two slots at once on one server, and so are refused by a node of a cluster', () => {
    expect(plain.probes.map(hashTag)).toEqual(['a', 'b'])
  })

  it('differ between epochs, whichever was asked for last', () => {
    const names = [EPOCH, LATER, EPOCH].map((epoch) => plain.entry(epoch, key))
    expect(names[0]).not.toBe(names[1])
    expect(names[0]).toBe(names[2])
    expect(plain.tombstone(LATER, 1)).not.toBe(plain.tombstone(EPOCH, 1))
    expect(plain.lease(LATER, key)).not.toBe(plain.lease(EPOCH, key))
  })
})
