import { describe, expect, it } from 'vitest'
import type { Reply } from '../client.ts'
import { ownerOf, slotMapOf } from './slot-map.ts'

const as = (host: string, port: number): Reply => [Buffer.from(host), port, Buffer.from('id'), []]
const asAnnounced = <T>(address: T): T => address

describe('a map of slots', () => {
  it('tells the owner of each slot, and the replicas', () => {
    const map = slotMapOf(
      [
        [0, 99, as('a', 1), as('b', 2)],
        [200, 16_383, as('::1', 3)],
      ],
      asAnnounced,
    )
    expect([0, 99, 100, 16_383].map((slot) => ownerOf(map ?? [], slot)?.host)).toEqual([
      'a',
      'a',
      undefined,
      '::1',
    ])
    expect(map?.[0]?.nodes).toHaveLength(2)
  })

  it('has hosts that are told to nobody, or left out, reached where its giver is', () => {
    const map = slotMapOf(
      [
        [0, 9, as('', 1), as('?', 2)],
        [10, 19, [null, 3]],
      ],
      ({ host, port }) => ({
        host: host === '' ? 'asked' : host,
        port,
      }),
    )
    expect(map?.flatMap(({ nodes }) => nodes)).toEqual([1, 2, 3].map((port) => ({ host: 'asked', port })))
  })

  it.each([
    [null],
    ['OK'],
    [[7]],
    [[[0, 1]]],
    [[['0', 1, as('a', 1)]]],
    [[[0, 1, ['a']]]],
    [[[0, 1, as('a', 0)]]],
  ])('is not made of %j', (reply) => {
    expect(slotMapOf(reply as Reply, asAnnounced)).toBeUndefined()
  })
})
