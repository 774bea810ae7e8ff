import type { Tombstone } from '../../../packages/fulcrum/src/consistency/tombstone.ts'
import type { Rules } from '../rules.ts'
import type { Counts } from './counts.ts'
import type { Deviation } from './deviations.ts'
import { KEYS, QUERIES, QUERY_TAGS } from './data.ts'
import type { Entry } from './instance.ts'
import type { Transaction } from './transaction.ts'

/** What a shared cache remembers of a change; and, for the invariants, what really changed. */
export interface RememberedChange extends Tombstone {
  readonly transactions: readonly Transaction[]
  /** What became of keys outside of the store; that of changes, too, which this one stands for. */
  readonly outside: readonly { readonly key: number; readonly version: number }[]
}

const NONE: readonly RememberedChange[] = []

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
  readonly #tombstones = new Map<number, readonly RememberedChange[]>()
  readonly #expired = new Map<number, readonly RememberedChange[]>()

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
      for (const each of this.#tombstones.get(tombstoneKey(epoch, tag)) ?? NONE) found.push(each)
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

  changed(key: Place, change: RememberedChange, deviation: Deviation | undefined): void {
    const place = tombstoneKey(key.epoch, key.tag)
    const known = this.#tombstones.get(place) ?? []
    const tied = known.find(({ min }) => min > 0 && min === change.min)
    if (tied !== undefined) this.#counts['two tombstones at one position'] += 1
    if (change.min === 0 && known.some(({ min }) => min === 0))
      this.#counts['two tombstones without a position'] += 1
    const transactions = [...(tied?.transactions ?? []), ...change.transactions]
    const all = this.#rules.bury(left(known, change, deviation), { ...change, transactions })
    this.#tombstones.set(place, standingFor(all, known))
  }

  expireTombstone(pick: number): boolean {
    const place = [...this.#tombstones.keys()][pick % Math.max(1, this.#tombstones.size)]
    if (place === undefined) return false
    this.#expired.set(place, this.#tombstones.get(place) as readonly RememberedChange[])
    return this.#tombstones.delete(place)
  }

  forget(pick: number): boolean {
    const place = [...this.#entries.keys()][pick % Math.max(1, this.#entries.size)]
    return place !== undefined && this.#entries.delete(place)
  }

  #countExpired(epoch: number, entry: Entry): void {
    for (const tag of QUERY_TAGS[entry.query] as readonly number[]) {
      const expired = this.#expired.get(tombstoneKey(epoch, tag)) ?? []
      if (!expired.every(({ transactions }) => transactions.every((each) => holds(entry, each))))
        this.#counts['fills accepted across the end of a tombstone'] += 1
    }
  }
}

/** What is remembered has to keep out what those would have kept out that are not remembered any more. */
function standingFor(
  after: readonly RememberedChange[],
  before: readonly RememberedChange[],
): readonly RememberedChange[] {
  const outside = before.filter((each) => !after.includes(each)).flatMap((each) => each.outside)
  const [first, ...others] = after
  if (first === undefined || outside.length === 0) return after
  return [{ ...first, outside: [...first.outside, ...outside] }, ...others]
}

interface Place {
  readonly epoch: number
  readonly tag: number
}

/** What is remembered besides another change, where the rule is not kept. */
function left(
  known: readonly RememberedChange[],
  { min }: RememberedChange,
  deviation: Deviation | undefined,
): readonly RememberedChange[] {
  const isForgotten =
    min === 0
      ? deviation === 'of changes without a position the latest is kept'
      : deviation === 'of two tombstones at one position the later id is kept'
  return isForgotten ? known.filter((each) => each.min !== min) : known
}

function tombstoneKey(epoch: number, tag: number): number {
  return epoch * (KEYS + 1) + tag
}
