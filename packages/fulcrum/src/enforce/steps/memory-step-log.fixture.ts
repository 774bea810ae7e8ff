import type { Clock } from '../../kernel/clock.ts'
import {
  type Begun,
  type HeldRun,
  type Memo,
  type RunEnd,
  RunTaken,
  type RunState,
  type RunToBegin,
  type ShownRun,
  type StepLog,
  type TakenRun,
  type Taking,
} from '../../ports/step-log.ts'
import type { TransactionRunner } from '../../ports/store.ts'

interface Kept extends Omit<RunToBegin, 'instance'> {
  instance: string | undefined
  holder: string
  state: RunState
  reason: string | undefined
  beganAt: number
}

/** A log in memory, on a clock: every statement takes a millisecond, and can be made to fail. */
export class MemoryStepLog implements StepLog {
  readonly kept: Map<string, Kept> = new Map()
  readonly notes: (Memo & { readonly run: string })[] = []
  readonly alive: Map<string, number> = new Map()
  /** The database is away. */
  isAway = false
  readonly #clock: Clock
  #holders = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async beat(instance: string, ms: number): Promise<void> {
    await this.#statement()
    this.alive.set(instance, this.#clock.now() + ms)
  }

  async begin(run: RunToBegin): Promise<Begun> {
    await this.#statement()
    const there = [...this.kept.values()].find(({ call, state }) => call === run.call && state !== 'undone')
    if (there?.state === 'done') return { kind: 'over' }
    if (there !== undefined)
      return {
        kind: 'there',
        run: there.run,
        fingerprint: there.fingerprint,
        isStuck: there.state === 'stuck',
      }
    this.kept.set(run.run, { ...run, state: 'running', reason: undefined, beganAt: this.#clock.now() })
    return { kind: 'begun' }
  }

  async take({ instance, operations, held, most, alive }: Taking): Promise<readonly TakenRun[]> {
    await this.#statement()
    const now = this.#clock.now()
    const free = [...this.kept.values()].filter(
      (run) =>
        (run.state === 'running' || run.state === 'compensating') &&
        operations.includes(run.operation) &&
        !held.includes(run.run) &&
        (this.alive.get(run.instance ?? '') ?? 0) <= now,
    )
    if (free.length > 0) this.alive.set(instance, now + alive)
    return free.slice(0, most).map((run) => {
      this.#holders += 1
      run.instance = instance
      run.holder = `taken ${this.#holders}`
      return { ...run, state: run.state as 'running', age: now - run.beganAt }
    })
  }

  async memos(run: string): Promise<readonly Memo[]> {
    await this.#statement()
    return this.notes.filter((memo) => memo.run === run)
  }

  async note(memos: readonly (HeldRun & Memo)[]): Promise<readonly HeldRun[]> {
    await this.#statement()
    const taken = memos.filter((memo) => !this.#holds(memo))
    for (const memo of memos) if (this.#holds(memo)) this.#add(memo)
    return taken
  }

  /** Without transactions: at once. */
  noteWith(_tx: TransactionRunner, held: HeldRun, memo: Memo): void {
    if (!this.#holds(held)) throw new RunTaken()
    this.#add({ ...memo, ...held })
  }

  async turn(held: HeldRun, state: 'compensating' | 'stuck', reason: string): Promise<void> {
    await this.#statement()
    Object.assign(this.#held(held), { state, reason })
  }

  endWith(_tx: TransactionRunner, held: HeldRun, { state }: RunEnd): void {
    this.#held(held).state = state
  }

  async end(held: HeldRun, { state, reason }: RunEnd): Promise<void> {
    await this.#statement()
    Object.assign(this.#held(held), { state, reason })
  }

  async leave(held: readonly HeldRun[]): Promise<void> {
    await this.#statement()
    for (const each of held) if (this.#holds(each)) this.#held(each).instance = undefined
  }

  async forget(): Promise<number> {
    return 0
  }

  async runs(): Promise<readonly ShownRun[]> {
    return []
  }

  async run(): Promise<ShownRun | undefined> {
    return undefined
  }

  async retry(): Promise<boolean> {
    return false
  }

  async close(): Promise<void> {}

  async #statement(): Promise<void> {
    await this.#clock.sleep(1)
    if (this.isAway) throw new Error('the database is away')
  }

  #holds({ run, holder }: HeldRun): boolean {
    const kept = this.kept.get(run)
    return kept?.holder === holder && (kept.state === 'running' || kept.state === 'compensating')
  }

  #held(held: HeldRun): Kept {
    if (!this.#holds(held)) throw new RunTaken()
    return this.kept.get(held.run) as Kept
  }

  #add(memo: Memo & HeldRun): void {
    const isThere = this.notes.some(
      ({ run, name, part }) => run === memo.run && name === memo.name && part === memo.part,
    )
    if (!isThere) this.notes.push(memo)
  }
}
