import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '../driver/instance.ts'
import type { Level, ReadOperation } from '../instance/operations.ts'
import { lacks } from '../report/lacks.ts'
import type { Source } from '../report/tally.ts'
import { Dice, Zipf } from './dice.ts'
import type { Pace } from './pace.ts'
import type { Recorder } from './recorder.ts'
import { search } from './seeker.ts'
import { Session } from './session.ts'

/** What all clients share. */
export interface Shared {
  readonly recorder: Recorder
  readonly pace: Pace
  readonly instances: readonly Instance[]
  readonly numbers: { sessions: number; writers: number }
  readonly keys: number
  /** What is asked; of each kind there is one at least. */
  readonly reads: readonly ReadOperation[]
  /** Sources that nobody gets at for now. */
  readonly without: readonly Source[]
}

/** What clients go for is a little more than what is demanded. */
const MARGIN = 1.5

const namesOf = (reads: readonly ReadOperation[]): readonly string[] => reads.map(({ name }) => name)

/**
 * A caller that goes on and on: session after session, each hopping from instance to instance. It looks where promises break: for what it has just
 * written, for what it has just seen, for what was written together with it, and at what others look at as well.
 */
export class Client {
  readonly #shared: Shared
  readonly #number: number
  readonly #dice: Dice
  readonly #keys: Zipf
  readonly #all: readonly string[]
  readonly #cached: readonly string[]
  readonly #ryw: readonly string[]
  readonly #following: readonly string[]
  readonly #causal: readonly string[]
  #session: Session
  /** Of somebody who has seen less. */
  #other: Session

  constructor(number: number, seed: number, shared: Shared) {
    this.#number = number
    this.#shared = shared
    this.#dice = new Dice(seed * 1_000 + number)
    this.#keys = new Zipf(shared.keys, 1.1)
    const ofLevel = (...levels: Level[]): readonly string[] =>
      namesOf(shared.reads.filter(({ level }) => levels.includes(level)))
    this.#all = namesOf(shared.reads)
    this.#cached = namesOf(shared.reads.filter(({ cache }) => cache !== undefined))
    this.#ryw = ofLevel('read-your-writes')
    this.#following = ofLevel('monotonic', 'causal')
    this.#causal = ofLevel('causal')
    this.#session = this.#newSession()
    this.#other = this.#newSession()
  }

  get #isStopped(): boolean {
    return this.#shared.pace.hasEnded
  }

  async run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#shared.pace.turn(this.#number)
      if (this.#isStopped) return
      if (this.#dice.percent(4)) this.#change()
      await this.#act()
    }
  }

  #act(): Promise<unknown> {
    const dice = this.#dice
    const { mayWrite, isCalm } = this.#shared.pace
    if (mayWrite && dice.percent(6)) return this.#write()
    if (!isCalm && dice.percent(12)) return this.#follow()
    if (!isCalm && dice.percent(6)) return this.#both()
    if (!isCalm && dice.percent(60)) return this.#read(dice.of(this.#all), this.#some())
    const { recorder, without } = this.#shared
    const lacking = lacks(recorder.tallies.all, { without, margin: MARGIN })
    if (lacking.length === 0) return this.#read(dice.of(this.#fashion), [this.#calm()])
    const { tally, source } = dice.of(lacking)
    return this.#seek(tally.level as Level, source)
  }

  /** Goes on from where the other one has got to; that one begins anew. */
  #change(): void {
    this.#session = this.#other
    this.#other = this.#newSession()
  }

  /** Has a level served by a source that has not served enough of it. */
  async #seek(level: Level, source: Source | undefined): Promise<void> {
    const up = this.#shared.instances.filter(({ isUp }) => isUp)
    if (up.length === 0) return
    const { operation, instances } = search(this.#dice, { level, source }, up)
    const keys = [this.#calm()]
    for (const [index, instance] of instances.entries()) {
      const session = index % 2 === 0 ? this.#session : this.#other
      await this.#shared.recorder.ask({ instance, session, operation, keys })
    }
  }

  /** What many ask at the moment, so that caches have something to do. */
  get #fashion(): readonly string[] {
    const begin = Math.floor(performance.now() / 1_000) * 5
    return [0, 1, 2].map((index) => this.#cached[(begin + index) % this.#cached.length] as string)
  }

  /** One of those that are hardly ever written. */
  #calm(): number {
    const { keys } = this.#shared
    return keys - 1 - (this.#keys.draw(this.#dice) % (keys / 2))
  }

  /** Writes, and looks for it elsewhere; at times before the answer is there. */
  async #write(): Promise<void> {
    const dice = this.#dice
    const keys = dice.percent(30) ? this.#pair() : this.#some()
    const writer = ++this.#shared.numbers.writers
    const operation = dice.percent(10) ? 'writeSerializable' : 'write'
    const writing = this.#ask(operation, keys, writer)
    if (dice.percent(30)) await Promise.all([writing, this.#follow(keys)])
    await writing
    const looks = dice.below(4)
    for (let look = 0; look < looks && !this.#isStopped; look += 1)
      await this.#read(dice.of(dice.percent(50) ? this.#ryw : this.#following), this.#partOf(keys))
  }

  /** Looks at something again and again. */
  async #follow(
    keys: readonly number[] = this.#dice.percent(30) ? this.#pair() : this.#some(),
  ): Promise<void> {
    const dice = this.#dice
    const looks = 2 + dice.below(3)
    for (let look = 0; look < looks && !this.#isStopped; look += 1)
      await this.#read(dice.of(dice.percent(60) ? this.#following : this.#causal), this.#partOf(keys))
  }

  /** Two calls at once. */
  async #both(): Promise<void> {
    const dice = this.#dice
    await Promise.all([this.#follow(), this.#read(dice.of(this.#all), this.#some())])
  }

  #read(operation: string, keys: readonly number[]): Promise<unknown> {
    return this.#ask(operation, keys)
  }

  async #ask(operation: string, keys: readonly number[], writer?: number): Promise<unknown> {
    const { recorder, instances } = this.#shared
    const up = instances.filter(({ isUp }) => isUp)
    if (up.length === 0) return sleep(20)
    const instance = this.#dice.of(up)
    const session = this.#session
    return recorder.ask({ instance, session, operation, keys, ...(writer !== undefined && { writer }) })
  }

  #some(): readonly number[] {
    return this.#dice.percent(12) ? this.#pair() : [this.#key()]
  }

  /** Two that others choose together as well, in ascending order. */
  #pair(): readonly number[] {
    const first = this.#key()
    const other = this.#dice.percent(70) ? first ^ 1 : this.#key()
    if (other === first) return [first]
    // The database sorts names as texts.
    return [first, other].toSorted((a, b) => (`k${a}` < `k${b}` ? -1 : 1))
  }

  #partOf(keys: readonly number[]): readonly number[] {
    return this.#dice.percent(50) ? keys : [this.#dice.of(keys)]
  }

  #key(): number {
    return this.#keys.draw(this.#dice)
  }

  #newSession(): Session {
    return new Session(++this.#shared.numbers.sessions)
  }
}
