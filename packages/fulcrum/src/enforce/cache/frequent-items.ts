/** One item that was often among those counted. */
export interface FrequentItem {
  readonly item: string
  /** Not less often than it came. */
  readonly atMost: number
  /** Not more often than it came. */
  readonly atLeast: number
}

interface Counter {
  count: number
  /** What the counter had when the item took it over from another one. */
  readonly inherited: number
}

/**
 * Finds the items that come most often in a stream, in little memory: Space-Saving (Metwally, Agrawal and El Abbadi, "Efficient Computation of Frequent
 * and Top-k Elements in Data Streams", ICDT 2005). An item without a counter takes over the smallest. Every item that makes up more than one part in
 * `counters` of the stream has one at the end, and how far its count may be off is known.
 */
export class FrequentItems {
  readonly #most: number
  readonly #counters = new Map<string, Counter>()
  #total = 0

  constructor(counters: number) {
    this.#most = counters
  }

  /** How many were counted. */
  get total(): number {
    return this.#total
  }

  count(item: string): void {
    this.#total += 1
    const counter = this.#counters.get(item)
    if (counter === undefined) this.#take(item)
    else counter.count += 1
  }

  /** Most frequent first. */
  get items(): readonly FrequentItem[] {
    return [...this.#counters]
      .map(([item, { count, inherited }]) => ({ item, atMost: count, atLeast: count - inherited }))
      .toSorted((a, b) => b.atLeast - a.atLeast)
  }

  #take(item: string): void {
    const inherited = this.#counters.size < this.#most ? 0 : this.#giveUpSmallest()
    this.#counters.set(item, { count: inherited + 1, inherited })
  }

  #giveUpSmallest(): number {
    let smallest = ''
    let least = Infinity
    for (const [item, { count }] of this.#counters) {
      if (count >= least) continue
      least = count
      smallest = item
    }
    this.#counters.delete(smallest)
    return least
  }
}
