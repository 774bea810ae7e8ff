import { describe, expect, test } from 'vitest'
import { ClusterIdentity, type Identity, mayHaveCrashed } from './identity.ts'

const PRIMARY: Identity = {
  systemId: '7',
  timeline: 3,
  epoch: '7/3',
  server: 'a',
  role: 'primary',
  statisticsSince: ['a', 'b', 'c'],
  version: 150_000,
  isAurora: false,
  commitsAreSafe: true,
  hasStandbys: false,
  position: '0/1000',
  backend: 1,
}
const primary = { role: 'primary', label: 'primary (db:5432)' } as const
const replica = { role: 'replica', label: 'replica 1 (db:5433)' } as const

function watched(): { cluster: ClusterIdentity; seen: number[] } {
  const seen: number[] = []
  const cluster = new ClusterIdentity()
  cluster.onEpoch(({ timeline }) => seen.push(timeline))
  return { cluster, seen }
}

describe('a connection is accepted', () => {
  test('to the cluster that the first one led to', () => {
    const { cluster, seen } = watched()
    cluster.check(PRIMARY, primary)
    cluster.check({ ...PRIMARY, role: 'replica', timeline: 1 }, replica)
    expect(() => cluster.check({ ...PRIMARY, systemId: '8' }, primary)).toThrow(
      'FUL-4001 primary (db:5432) is a server of the cluster 8; expected one of the cluster 7.',
    )
    expect(seen).toEqual([3])
  })

  test('to a primary that was promoted since, and not to the one that it replaced', () => {
    const { cluster, seen } = watched()
    cluster.check(PRIMARY, primary)
    cluster.check({ ...PRIMARY, timeline: 4 }, primary)
    expect(seen).toEqual([3, 4])
    expect(() => cluster.check(PRIMARY, primary)).toThrow(
      'FUL-4001 primary (db:5432) is a primary on timeline 3; expected timeline 4 or later.',
    )
  })

  test('in the role that it was configured for', () => {
    const cluster = new ClusterIdentity()
    expect(() => cluster.check({ ...PRIMARY, role: 'replica' }, primary)).toThrow(
      'FUL-4002 primary (db:5432) is a replica',
    )
    expect(() => cluster.check(PRIMARY, replica)).toThrow('FUL-4002 replica 1 (db:5433) is a primary')
  })

  describe('where positions are relied on', () => {
    const unsafe = { ...PRIMARY, commitsAreSafe: false }

    test('if what was acknowledged is safe', () => {
      const cluster = new ClusterIdentity()
      cluster.check(unsafe, primary)
      expect(() => cluster.relyOn({ positions: true, standbys: false })).toThrow(
        'FUL-4040 primary (db:5432) has `synchronous_commit = off`',
      )
      expect(() => cluster.check(unsafe, primary)).toThrow('FUL-4040')
      cluster.check(PRIMARY, primary)
      cluster.check({ ...unsafe, role: 'replica' }, replica)
    })

    test('if the server has any', () => {
      const cluster = new ClusterIdentity()
      cluster.check({ ...PRIMARY, isAurora: true }, primary)
      expect(() => cluster.check({ ...PRIMARY, role: 'replica', isAurora: true }, replica)).toThrow(
        'FUL-4041',
      )
      expect(() => cluster.relyOn({ positions: true, standbys: false })).toThrow('FUL-4041')
    })

    test('and if there are standbys where those are waited for', () => {
      const cluster = new ClusterIdentity()
      cluster.relyOn({ positions: false, standbys: true })
      expect(() => cluster.check(PRIMARY, primary)).toThrow(
        'FUL-4043 primary (db:5432) has an empty `synchronous_standby_names`.',
      )
      cluster.check({ ...PRIMARY, hasStandbys: true }, primary)
      cluster.check({ ...PRIMARY, role: 'replica' }, replica)
    })

    test('and elsewhere nothing of that matters', () => {
      const cluster = new ClusterIdentity()
      cluster.check({ ...unsafe, isAurora: true }, primary)
      cluster.relyOn({ positions: false, standbys: false })
      expect(() => cluster.check({ ...unsafe, isAurora: true }, primary)).not.toThrow()
    })
  })

  test('from version 15 on', () => {
    const cluster = new ClusterIdentity()
    const old = { ...PRIMARY, version: 140_019 }
    expect(() => cluster.check(old, primary)).toThrow(
      'FUL-4005 primary (db:5432) runs PostgreSQL 14. Allowed: 15 and later.',
    )
  })

  test('while its positions are exact as numbers', () => {
    const cluster = new ClusterIdentity()
    cluster.check({ ...PRIMARY, position: '100000/0' }, primary)
    expect(() => cluster.check({ ...PRIMARY, position: '100000/1' }, primary)).toThrow(
      'FUL-4007 primary (db:5432) is at position 100000/1 of its write-ahead log. Allowed: below 100000/0.',
    )
  })
})

test.each([
  [['a', 'b', 'c'], false],
  [['x', 'b', 'c'], false],
  [['x', 'y', 'c'], false],
  [['x', 'y', 'z'], true],
])('statistics since %j: crashed %s', (statisticsSince, crashed) => {
  expect(mayHaveCrashed(PRIMARY, { ...PRIMARY, statisticsSince })).toBe(crashed)
})
