import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '../driver/instance.ts'
import { READS } from '../instance/operations.ts'
import { Dice, Zipf } from './dice.ts'
import type { Pace } from './pace.ts'
import type { Recorder } from './recorder.ts'
import { Session } from './session.ts'

/** What all clients share. */
export interface Shared {
  readonly recorder: Recorder
  readonly pace: Pace
  readonly instances: readonly Instance[]
  readonly numbers: { sessions: number; writers: number }
  readonly keys: number
}

const RYW = READS.filter(({ level }) => level === 'read-your-writes').map(({ name }) => name)
const FOLLOWING = READS.filter(({ level }) => level === 'monotonic' || level === 'causal').map(
  ({ name }) => name,
)
const CAUSAL = READS.filter(({ level }) => level === 'causal').map(({ name }) => name)
const CACHED = READS.filter(({ cache }) => cache !== undefined).map(({ name }) => name)
const ALL = READS.map(({ name }) => name)

/**
 * A caller that goes on and on: session after session, each hopping from instance to instance. It looks where promises break: for what it has just
 * written, for what it has just seen, for what was written together with it, and at what others look at as well.
 */
export class Client {
  readonly #shared: Shared
  readonly #number: number
  readonly #dice: Dice
  readonly #keys: Zipf
  #session: Session
  #isStopped = false

  constructor(number: number, seed: number, shared: Shared) {
    this.#number = number
    this.#shared = shared
    this.#dice = new Dice(seed * 1_000 + number)
    this.#keys = new Zipf(shared.keys, 1.1)
    this.#session = this.#newSession()
  }

  stop(): void {
    this.#isStopped = true
  }

  async run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#shared.pace.turn(this.#number)
      if (this.#isStopped) return
      if (this.#dice.percent(4)) this.#session = this.#newSession()
      await this.#act()
    }
  }

  #act(): Promise<unknown> {
    const dice = this.#dice
    if (this.#shared.pace.mayWrite && dice.percent(6)) return this.#write()
    if (dice.percent(12)) return this.#follow()
    if (dice.percent(6)) return this.#both()
    return dice.percent(35)
      ? this.#read(dice.of(this.#fashion), [this.#calm()])
      : this.#read(dice.of(ALL), this.#some())
  }

  /** What many ask at the moment, so that caches have something to do. */
  get #fashion(): readonly string[] {
    const begin = Math.floor(performance.now() / 1_000) * 5
    return [0, 1, 2].map((index) => CACHED[(begin + index) % CACHED.length] as string)
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
      await this.#read(dice.of(dice.percent(50) ? RYW : FOLLOWING), this.#partOf(keys))
  }

  /** Looks at something again and again. */
  async #follow(
    keys: readonly number[] = this.#dice.percent(30) ? this.#pair() : this.#some(),
  ): Promise<void> {
    const dice = this.#dice
    const looks = 2 + dice.below(3)
    for (let look = 0; look < looks && !this.#isStopped; look += 1)
      await this.#read(dice.of(dice.percent(60) ? FOLLOWING : CAUSAL), this.#partOf(keys))
  }

  /** Two calls at once. */
  async #both(): Promise<void> {
    const dice = this.#dice
    await Promise.all([this.#follow(), this.#read(dice.of(ALL), this.#some())])
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
