import type { Clock } from '../../kernel/clock.ts'
import { growingPause } from '../../kernel/growing-pause.ts'
import type { Random } from '../../kernel/random.ts'
import { type HeldRun, type Memo, RunTaken, type StepLog } from '../../ports/step-log.ts'
import { Batcher } from '../batcher.ts'

const MOST_AT_ONCE = 500
const AGAIN = { first: 50, longest: 2_000 }

interface ToNote {
  readonly memo: HeldRun & Memo
  isTaken: boolean
}

/** Writes what steps came to, those of all runs of an instance together: one statement at a time, in which goes what has come since the one before. */
export class Notes {
  readonly #clock: Clock
  readonly #random: Random
  readonly #writing: Batcher<ToNote>

  constructor(log: StepLog, clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
    this.#writing = new Batcher((items) => write(log, items), MOST_AT_ONCE)
  }

  /** Until the database has taken it, or the signal aborts: a second time does no harm. @throws RunTaken */
  async note(held: HeldRun, memo: Memo, signal: AbortSignal): Promise<void> {
    const item: ToNote = { memo: { ...held, ...memo }, isTaken: false }
    for (let failures = 0; ; failures += 1) {
      signal.throwIfAborted()
      try {
        await this.#writing.add(item)
        break
      } catch {
        await this.#clock.sleep(growingPause(failures, AGAIN, this.#random), signal)
      }
    }
    if (item.isTaken) throw new RunTaken()
  }
}

async function write(log: StepLog, items: readonly ToNote[]): Promise<void> {
  const taken = new Set(await log.note(items.map(({ memo }) => memo)))
  for (const item of items) item.isTaken = taken.has(item.memo)
}
