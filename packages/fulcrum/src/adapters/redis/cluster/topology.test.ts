import { describe, expect, it } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../../kernel/random-seeded.ts'
import type { RedisClient } from '../client.ts'
import { type Address, nameOf } from './slot-map.ts'
import { Topology } from './topology.ts'

const SEEDS = [7000, 7001, 7002].map((port) => ({ host: 'seed', port }))

/** A node's answer when it is asked, for each node that is told of; others cannot be reached. */
type Answer = () => unknown

interface Made {
  readonly topology: Topology
  readonly clock: VirtualClock
  readonly pass: (ms: number) => Promise<void>
  /** Nodes that were asked, in order. */
  readonly asked: string[]
  readonly open: Set<string>
}

function make(
  answers: Readonly<Record<string, Answer>>,
  reach = (announced: Address): Address => announced,
): Made {
  const clock = createVirtualClock()
  const asked: string[] = []
  const open = new Set<string>()
  const connect = (node: Address): RedisClient => {
    const name = nameOf(node)
    return {
      connect: async () => open.add(name),
      sendCommand: async () => {
        asked.push(name)
        const answer = answers[name]
        if (answer === undefined) throw new Error('connect ECONNREFUSED')
        return await answer()
      },
      subscribe: async () => {},
      on: () => {},
      destroy: () => open.delete(name),
      name,
    } as RedisClient
  }
  const topology = new Topology({ seeds: SEEDS, connect, reach, clock, random: createSeededRandom(1) })
  return { topology, asked, open, clock, pass: (ms) => clock.runUntil(clock.now() + ms) }
}

const mapOf =
  (...owners: readonly [string, number][]) =>
  (): unknown =>
    owners.map(([host, port], index) => [index * 100, index * 100 + 99, [Buffer.from(host), port]])

const reached = async (client: Promise<RedisClient>): Promise<unknown> =>
  ((await client) as { name?: string }).name

describe('a topology', () => {
  const all = (answer: Answer): Record<string, Answer> =>
    Object.fromEntries(SEEDS.map((seed) => [nameOf(seed), answer]))

  it('asks once for all who want to know at the same time, and another node a little later', async () => {
    const map = mapOf(['a', 1], ['b', 2])
    const { topology, asked, open, pass } = make({ ...all(map), 'a:1': map, 'b:2': map })
    const clients = await Promise.all([0, 99, 150].map((slot) => reached(topology.toOwner(slot))))
    expect(clients).toEqual(['a:1', 'a:1', 'b:2'])
    await pass(100)
    await topology.toOwner(0)
    expect(asked).toHaveLength(1)
    await pass(300)
    await topology.toOwner(0)
    expect(new Set(asked).size).toBe(2)
    expect(open).toEqual(new Set())
  })

  it('asks the next node where one is away, hangs, or talks nonsense', async () => {
    const hanging = (): Promise<never> => new Promise(() => {})
    for (const trouble of [hanging, () => 'OK', undefined]) {
      const answers = all(mapOf(['a', 1]))
      const { topology, clock, asked, pass } = make(answers)
      await topology.toOwner(0)
      const [good] = asked
      for (const seed of SEEDS.map(nameOf)) if (seed !== good) Object.assign(answers, { [seed]: trouble })
      for (let turn = 0; turn < 3; turn += 1) {
        await pass(300)
        expect(await clock.drive(reached(topology.toOwner(5)))).toBe('a:1')
        expect(asked.at(-1)).toBe(good)
      }
    }
  })

  it('asks nodes that it has heard of when all that it began with are gone', async () => {
    const answers = all(mapOf(['a', 1]))
    const { topology, pass } = make(answers)
    await topology.toOwner(0)
    for (const seed of SEEDS) delete answers[nameOf(seed)]
    answers['a:1'] = mapOf(['b', 2])
    await pass(300)
    expect(await reached(topology.toOwner(0))).toBe('b:2')
  })

  it('does not get over a denial by asking somebody else', async () => {
    const answers = all(() => Promise.reject(new Error('NOAUTH Authentication required.')))
    const { topology, asked } = make(answers)
    await expect(topology.toOwner(0)).rejects.toThrow('NOAUTH')
    expect(asked).toHaveLength(1)
  })

  it('says why it does not know', async () => {
    await expect(make({}).topology.toOwner(0)).rejects.toThrow(/seed:700\d: connect ECONNREFUSED/)
    const { topology } = make(all(mapOf(['a', 1])))
    await expect(topology.toOwner(100)).rejects.toThrow('no node of the cluster has slot 100')
    await expect(make(all(() => [])).topology.toAnyOwner()).rejects.toThrow(
      'no node of the cluster has any slot',
    )
  })

  it('gives connections where nodes are reached', async () => {
    const reach = ({ host, port }: Address): Address => ({ host: `to-${host}`, port: port + 1 })
    const { topology } = make(all(mapOf(['', 5])), reach)
    expect(await reached(topology.toOwner(0))).toBe('to-seed:6')
    expect(await reached(topology.toAnyOwner())).toBe('to-seed:6')
  })
})
