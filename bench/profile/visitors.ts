import { zipf } from './zipf.ts'

/** What is read and written: of any profile, its version is what matters. */
export interface Versioned {
  readonly version: number
}

/** One instance of a backend, as a visitor meets it. */
export interface Instance {
  /** A visitor arrives, with what the instance before it gave along. */
  arrive(token: string): Visit
}

/** A visitor's stay at one instance. */
export interface Visit {
  read(user: number): Promise<Versioned>
  /** @returns the new version. */
  write(user: number): Promise<Versioned>
  /** What the visitor takes along to another instance. */
  token(): string
}

/** What visitors did and saw. */
export interface Visited {
  readonly reads: number
  readonly writes: number
  /** Reads that did not show what the same visitor had written before. */
  readonly stale: number
  /** Calls that were refused, such as those that were not answered within their deadline. */
  readonly failed: number
  readonly seconds: number
}

export interface Visiting {
  readonly users: number
  readonly visitors: number
  readonly seconds: number
}

const READS_PER_WRITE = 100
/** So many of its writes a visitor remembers. */
const MOST_WRITTEN = 100
/** How often somebody is sent to another instance without having written. */
const HOPS = 0.02

/**
 * Visitors who read profiles, popular ones more often, and change one in a hundred times; each looks at what it has changed at once, and is sent to
 * another instance for that.
 */
export async function visit(instances: readonly Instance[], terms: Visiting): Promise<Visited> {
  const counted = { reads: 0, writes: 0, stale: 0, failed: 0 }
  const start = performance.now()
  const isOver = (): boolean => performance.now() - start >= terms.seconds * 1_000
  const draw = zipf(terms.users, Math.random)
  const all = Array.from({ length: terms.visitors }, async (_, index) => {
    const visitor = new Visitor(instances, index)
    while (!isOver()) {
      const isWrite = Math.random() < 1 / (READS_PER_WRITE + 1)
      await visitor[isWrite ? 'change' : 'look'](draw(), counted).catch(() => (counted.failed += 1))
    }
  })
  await Promise.all(all)
  return { ...counted, seconds: (performance.now() - start) / 1_000 }
}

/** Reads every profile once, on one instance or another, as they have been read some time before. */
export async function readAll(instances: readonly Instance[], { users, visitors }: Visiting): Promise<void> {
  const visits = instances.map((instance) => instance.arrive(''))
  let next = 0
  const reader = async (): Promise<void> => {
    for (let user = next++; user < users; user = next++) {
      const stay = visits[user % visits.length] as Visit
      await stay.read(user).catch(() => {})
    }
  }
  await Promise.all(Array.from({ length: visitors }, reader))
}

interface Counted {
  reads: number
  writes: number
  stale: number
  failed: number
}

class Visitor {
  readonly #instances: readonly Instance[]
  /** The versions that it has written, by user. */
  readonly #written = new Map<number, number>()
  #at: number
  #visit: Visit

  constructor(instances: readonly Instance[], index: number) {
    this.#instances = instances
    this.#at = index
    this.#visit = this.#instance.arrive('')
  }

  async look(user: number, counted: Counted): Promise<void> {
    if (Math.random() < HOPS) this.#hop()
    const { version } = await this.#visit.read(user)
    counted.reads += 1
    if (version < (this.#written.get(user) ?? 0)) counted.stale += 1
  }

  async change(user: number, counted: Counted): Promise<void> {
    const { version } = await this.#visit.write(user)
    counted.writes += 1
    this.#remember(user, version)
    this.#hop()
    await this.look(user, counted)
  }

  #remember(user: number, version: number): void {
    this.#written.delete(user)
    this.#written.set(user, version)
    const [oldest] = this.#written.keys()
    if (this.#written.size > MOST_WRITTEN && oldest !== undefined) this.#written.delete(oldest)
  }

  get #instance(): Instance {
    return this.#instances[this.#at % this.#instances.length] as Instance
  }

  #hop(): void {
    const token = this.#visit.token()
    this.#at += 1
    this.#visit = this.#instance.arrive(token)
  }
}
