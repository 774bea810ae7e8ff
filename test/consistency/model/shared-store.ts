import type { Tombstone } from '../../../packages/fulcrum/src/consistency/tombstone.ts'
import type { Rules } from '../rules.ts'
import type { Counts } from './counts.ts'
import { KEYS, QUERIES, QUERY_TAGS } from './data.ts'
import type { Entry } from './instance.ts'
import type { Transaction } from './transaction.ts'

/** What a shared cache remembers of a change; and, for the invariants, what really changed. */
export interface RememberedChange extends Tombstone {
  readonly transactions: readonly Transaction[]
}

/** Whether a value has what a transaction gave to its keys. */
export function holds(entry: Pick<Entry, 'query' | 'value'>, { keys, versions }: Transaction): boolean {
  const wanted = QUERIES[entry.query] as readonly number[]
  return keys.every((key, index) => {
    const at = wanted.indexOf(key)
    return at < 0 || (entry.value[at] as number) >= (versions[index] as number)
  })
}

/** Redis, as far as the protocol goes: values and tombstones by epoch, compare and set. It may forget anything. */
export class SharedStore {
  readonly #rules: Rules
  readonly #counts: Counts
  readonly #entries = new Map<number, Entry>()
  readonly #tombstones = new Map<number, RememberedChange>()
  readonly #expired = new Map<number, RememberedChange>()

  constructor(rules: Rules, counts: Counts) {
    this.#rules = rules
    this.#counts = counts
  }

  get(epoch: number, query: number): Entry | undefined {
    return this.#entries.get(epoch * QUERIES.length + query)
  }

  tombstones(epoch: number, query: number): RememberedChange[] {
    const found: RememberedChange[] = []
    for (const tag of QUERY_TAGS[query] as readonly number[]) {
      const tombstone = this.#tombstones.get(tombstoneKey(epoch, tag))
      if (tombstone !== undefined) found.push(tombstone)
    }
    return found
  }

  /** Compare and set. Returns the tombstones that the value passed, `undefined` when it was refused. */
  fill(epoch: number, entry: Entry): readonly RememberedChange[] | undefined {
    const tombstones = this.tombstones(epoch, entry.query)
    if (!tombstones.every((tombstone) => this.#rules.outlives(entry.label, tombstone))) {
      this.#counts['fills refused by a tombstone'] += 1
      return undefined
    }
    const present = this.get(epoch, entry.query)
    if (present !== undefined && present.label.lo > entry.label.lo) {
      this.#counts['fills kept out by a later one'] += 1
      return undefined
    }
    this.#countExpired(epoch, entry)
    this.#entries.set(epoch * QUERIES.length + entry.query, entry)
    return tombstones
  }

  /** The latest change of each tag is remembered. Two at one position have no order, so neither id speaks for both. */
  changed(key: { epoch: number; tag: number }, change: RememberedChange, keepsLaterId: boolean): void {
    const place = tombstoneKey(key.epoch, key.tag)
    const known = this.#tombstones.get(place)
    if (known !== undefined && known.min > change.min) return
    if (known?.min !== change.min) {
      this.#tombstones.set(place, change)
      return
    }
    this.#counts['two tombstones at one position'] += 1
    const transactions = [...known.transactions, ...change.transactions]
    this.#tombstones.set(place, { ...change, writeId: keepsLaterId ? change.writeId : 0, transactions })
  }

  expireTombstone(pick: number): boolean {
    const place = [...this.#tombstones.keys()][pick % Math.max(1, this.#tombstones.size)]
    if (place === undefined) return false
    this.#expired.set(place, this.#tombstones.get(place) as RememberedChange)
    return this.#tombstones.delete(place)
  }

  forget(pick: number): boolean {
    const place = [...this.#entries.keys()][pick % Math.max(1, this.#entries.size)]
    return place !== undefined && this.#entries.delete(place)
  }

  #countExpired(epoch: number, entry: Entry): void {
    for (const tag of QUERY_TAGS[entry.query] as readonly number[]) {
      const expired = this.#expired.get(tombstoneKey(epoch, tag))
      if (expired !== undefined && !expired.transactions.every((each) => holds(entry, each)))
        this.#counts['fills accepted across the end of a tombstone'] += 1
    }
  }
}

function tombstoneKey(epoch: number, tag: number): number {
  return epoch * (KEYS + 1) + tag
}
