import { describe, expect, it } from 'vitest'
import { sharedMemory } from '../../adapters/memory/shared-memory.ts'
import type { Random } from '../../kernel/random.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import type { SharedCache } from '../../ports/shared-cache.ts'
import { Trouble, TROUBLES } from '../../prove/shared-cache/trouble.ts'
import { troubled } from '../../prove/shared-cache/troubled-cache.ts'
import { SHARED } from './serving.ts'
import { getThing, newSession, putThing, World } from './instances.fixture.ts'

const INSTANCES = 3
const SESSIONS = 8
const KEYS = ['a', 'b', 'c']
const RUN_MS = 10_000
const BOUND_MS = 500
const SEEDS = 12

const patient = { latency: { deadline: '2s' } } as const
const own = getThing(
  {
    ...patient,
    consistency: { session: 'read-your-writes' },
    cache: { strategy: 'aside', ttl: '5s' },
  },
  'm.own',
)
const bounded = getThing(
  {
    ...patient,
    consistency: { staleness: `${BOUND_MS}ms` },
    cache: { strategy: 'aside', ttl: '5s', tiers: ['shared'] },
  },
  'm.bounded',
)
const put = putThing(patient)

interface Written {
  readonly value: string
  readonly at: number
}

/** Sessions that hop between instances, read and write, while the shared cache gets into every kind of trouble; and what they have to complain of. */
class Drama {
  readonly complaints: string[] = []
  reads = 0
  fromShared = 0
  readonly #world: World
  readonly #trouble: Trouble
  readonly #random: Random
  readonly #written = new Map<string, Written[]>(KEYS.map((key) => [key, [{ value: `${key} first`, at: 0 }]]))

  constructor(world: World, trouble: Trouble, random: Random) {
    this.#world = world
    this.#trouble = trouble
    this.#random = random
    const { store, clock } = world
    for (const key of KEYS) store.write(key, `${key} first`)
    store.takes = 5
    store.onCommit = ({ key, value }) =>
      this.#written.get(key)?.push({ value: String(value), at: clock.now() })
  }

  async run(): Promise<void> {
    const sessions = Array.from({ length: SESSIONS }, (_, session) => this.#use(session))
    await this.#world.clock.drive(Promise.all([...sessions, this.#stir()]))
  }

  get #isOver(): boolean {
    return this.#world.clock.now() > RUN_MS
  }

  async #stir(): Promise<void> {
    while (!this.#isOver) {
      const kind = TROUBLES[this.#random.int(TROUBLES.length)]
      if (kind === undefined) throw new Error('unreachable')
      const turn = this.#random.int(4)
      if (turn === 0) this.#trouble.end()
      else if (turn === 1) this.#trouble.flush()
      else this.#trouble.begin(kind, turn === 2 ? 1 : 0.3)
      await this.#pause(400)
    }
  }

  async #use(id: number): Promise<void> {
    const session = newSession()
    const wrote = new Map<string, unknown>()
    for (let turn = 0; !this.#isOver; turn += 1) {
      const key = KEYS[this.#random.int(KEYS.length)] as string
      const on = this.#random.int(INSTANCES)
      const dice = this.#random.int(10)
      const value = `${key} ${id}.${turn}`
      if (dice === 0) await this.#try(() => this.#world.ask(put, { id: key, value }, { on, session }))
      if (dice === 0) wrote.set(key, value)
      else if (dice < 5) await this.#readOwn(key, wrote.get(key), { on, session })
      else await this.#readBounded(key, on)
      await this.#pause(20)
    }
  }

  async #readOwn(key: string, wrote: unknown, request: Parameters<World['ask']>[2]): Promise<void> {
    const answer = await this.#try(() => this.#world.ask(own, { id: key }, request))
    if (this.#orderOf(key, answer) < this.#orderOf(key, wrote ?? `${key} first`))
      this.complaints.push(`wrote ${String(wrote)}, and read ${String(answer)}`)
  }

  async #readBounded(key: string, on: number): Promise<void> {
    const oldest = this.#world.clock.now() - BOUND_MS
    const demanded = this.#written.get(key)?.findLast(({ at }) => at <= oldest)?.value ?? `${key} first`
    const answer = await this.#try(() => this.#world.ask(bounded, { id: key }, { on }))
    if (this.#orderOf(key, answer) < this.#orderOf(key, demanded))
      this.complaints.push(`${String(answer)} is older than ${BOUND_MS} ms: there was ${demanded}`)
  }

  /** -1 for what nobody has written to the key. */
  #orderOf(key: string, value: unknown): number {
    return this.#written.get(key)?.findIndex((written) => written.value === value) ?? -1
  }

  async #try(ask: () => ReturnType<World['ask']>): Promise<unknown> {
    try {
      const { value, call } = await ask()
      this.reads += 1
      if (call.source === SHARED) this.fromShared += 1
      return value
    } catch (error) {
      this.complaints.push(String(error))
      return undefined
    }
  }

  #pause(most: number): Promise<void> {
    return this.#world.clock.sleep(this.#random.int(most))
  }
}

async function troubledWorld(seed: number): Promise<{ readonly world: World; readonly trouble: Trouble }> {
  const random = createSeededRandom(seed)
  let trouble: Trouble | undefined
  const world = await World.of([own, bounded, put], {
    instances: INSTANCES,
    source: (clock) => {
      trouble = new Trouble({ clock, random, latency: 90 })
      return troubled(sharedMemory(clock), trouble)
    },
  })
  if (trouble === undefined) throw new Error('unreachable')
  return { world, trouble }
}

/** Shows nothing of what is there. */
function blind(cache: SharedCache): SharedCache {
  const nothing = { body: undefined, remaining: 0, tombstones: [], stamp: 0 }
  return new Proxy(cache, {
    get: (target, name: keyof SharedCache) => {
      if (name === 'get') return async () => nothing
      const member: unknown = target[name]
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

describe('a shared cache in trouble', () => {
  it('that hangs is waited for once, and the answer is read from the database', async () => {
    const { world, trouble } = await troubledWorld(1)
    world.store.write('a', 'one')
    world.store.takes = 5
    trouble.begin('hanging')
    expect((await world.get(bounded, { id: 'a' })).value).toBe('one')
    expect(world.clock.now()).toBe(trouble.timeout + 5)
  })

  it('that speaks of fills and shows none is not listened to for long', async () => {
    const world = await World.of([bounded], {
      instances: 2,
      between: (cache, on) => (on === 0 ? cache : blind(cache)),
    })
    world.store.write('a', 'one')
    await world.get(bounded, { id: 'a' })
    expect((await world.get(bounded, { id: 'a' }, { on: 1 })).value).toBe('one')
    expect(world.reads).toBe(2)
    expect(world.clock.now()).toBe(2 * world.store.takes)
  })

  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    'breaks no promise, and nobody goes without an answer in time (seed %d)',
    async (seed) => {
      const { world, trouble } = await troubledWorld(seed)
      const drama = new Drama(world, trouble, createSeededRandom(seed))
      await drama.run()
      expect(drama.complaints).toEqual([])
      expect(drama.reads).toBeGreaterThan(1_000)
      expect(drama.fromShared).toBeGreaterThan(50)
    },
  )
})
