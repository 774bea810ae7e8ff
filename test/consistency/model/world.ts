import type { Rules } from '../rules.ts'
import type { Counts } from './counts.ts'
import { NOTHING } from './data.ts'
import type { Deviation } from './deviations.ts'
import type { Habits } from './habits.ts'
import type { Invariant } from './invariants.ts'
import { type Entry, Instance, type Known } from './instance.ts'
import { Lineage } from './lineage.ts'
import { Primary } from './primary.ts'
import type { Read } from './read.ts'
import { Replica } from './replica.ts'
import type { Session } from './session.ts'
import { noShadow } from './shadow.ts'
import { type RememberedChange, SharedStore } from './shared-store.ts'
import type { Write } from './write.ts'
import type { XorShift } from './xorshift.ts'

export interface Violation {
  readonly invariant: Invariant
  readonly detail: string
}

/** A question about a position on its way; answered when `known` is set. */
export interface Poll {
  readonly instance: Instance
  /** -1: the primary. */
  readonly node: number
  readonly sentAt: number
  known: Known | undefined
}

/** Something told to somebody later, or never. */
export interface Fill {
  readonly epoch: number
  readonly entry: Entry
}

export interface News {
  /** `undefined`: the shared cache. */
  readonly to: Instance | undefined
  readonly epoch: number
  readonly tags: readonly number[]
  readonly change: RememberedChange
}

export interface WorldOptions {
  readonly rules: Rules
  readonly counts: Counts
  readonly deviation: Deviation | undefined
}

/** How far an epoch has come. */
export interface Reached {
  readonly lsn: number
  /** The next transaction id. */
  readonly xid: number
}

/** What decides where the rules do not. */
export interface Chance {
  readonly habits: Habits
  readonly random: XorShift
}

/** Everything there is in one run. */
export class World {
  readonly rules: Rules
  readonly counts: Counts
  readonly deviation: Deviation | undefined
  readonly habits: Habits
  readonly random: XorShift
  readonly lineage = new Lineage()
  readonly replicas: Replica[]
  readonly instances: Instance[] = []
  readonly sessions: Session[] = []
  readonly shared: SharedStore
  readonly reads: Read[] = []
  readonly writes: Write[] = []
  readonly polls: Poll[] = []
  readonly fills: Fill[] = []
  readonly news: News[] = []
  primary = Primary.first()
  /** The version of each key in something that is not the store. */
  readonly outside: number[] = NOTHING.slice()
  /** Where the logs of earlier epochs ended. */
  readonly ends: Reached[] = []
  time = 1
  violation: Violation | undefined
  /** Where set, what happens is told to it. */
  trace: ((line: string) => void) | undefined
  #lastId = 0

  constructor({ rules, counts, deviation }: WorldOptions, { habits, random }: Chance) {
    this.habits = habits
    this.random = random
    this.rules = rules
    this.counts = counts
    this.deviation = deviation
    this.replicas = [new Replica(this.primary.wal, 0), new Replica(this.primary.wal, 0)]
    for (let index = 0; index < habits.instances; index++)
      this.instances.push(new Instance(index, rules, counts))
    for (let index = 0; index < habits.sessions; index++)
      this.sessions.push({ index, calls: new rules.CallSession(), shadows: [noShadow(0)], open: 0 })
    this.shared = new SharedStore(rules, counts)
  }

  get epoch(): number {
    return this.lineage.epoch
  }

  /** Where the log of an epoch is, or where it ended. */
  reached(epoch: number): Reached {
    return this.ends[epoch] ?? { lsn: this.primary.wal.insertLsn, xid: this.primary.nextXid }
  }

  /** An id that was not given out before; never 0. */
  id(): number {
    return ++this.#lastId
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.random.below(list.length)]
  }

  /** Takes one out. */
  take<T>(list: T[]): T | undefined {
    if (list.length === 0) return undefined
    const index = this.random.below(list.length)
    const taken = list[index]
    list[index] = list.at(-1) as T
    list.pop()
    return taken
  }

  /** What an instance's own clock says. */
  now({ clockOffset }: Instance): number {
    return this.time + clockOffset
  }

  violate(invariant: Invariant, detail: string): void {
    this.violation ??= { invariant, detail }
  }
}
