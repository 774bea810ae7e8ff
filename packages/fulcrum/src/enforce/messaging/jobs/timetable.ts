import { createHash } from 'node:crypto'
import type { Schedule } from '../../../declare/schedule.ts'
import type { NewJob, Queue } from '../../../ports/queue.ts'
import type { JobTerms } from './job-terms.ts'
import { Loop, type LoopParts } from './loop.ts'

/** A time that nobody was there for is made up for by who starts up to so much later. */
const MADE_UP_MS = 3_600_000
/** Of minutes, at most so many are in that hour. */
const MOST_MISSED = 60
/** The wall clock may be set: it is looked at again at least so often. */
const LONGEST_SLEEP_MS = 60_000

export interface TimetableParts extends LoopParts {
  readonly queue: Queue
  readonly terms: JobTerms
  readonly schedule: Schedule
  readonly added: (queue: string) => void
}

/**
 * Enqueues a job when its time has come. Every instance does: the id of the job follows from its name and the time, so that the first one adds it and
 * the others find it there. No instance has to be the one that does, and none has to be asked whether it still is.
 */
export class Timetable {
  readonly #parts: TimetableParts
  readonly #loop: Loop
  #next: number

  /** @throws FUL-1002 for a schedule that cannot be read. */
  constructor(parts: TimetableParts) {
    this.#parts = parts
    this.#next = this.#after(parts.clock.wall() - MADE_UP_MS)
    this.#loop = new Loop(`the schedule of ${parts.terms.name}`, parts, () => this.#turn())
  }

  start(): void {
    this.#loop.start()
  }

  close(): Promise<void> {
    return this.#loop.close()
  }

  async #turn(): Promise<number> {
    const { queue, clock, terms, added } = this.#parts
    const due = this.#next
    if (due <= clock.wall()) {
      await queue.add([scheduledJob(terms, due)])
      added(terms.name)
      this.#next = this.#after(due)
    }
    return Math.min(LONGEST_SLEEP_MS, Math.max(0, this.#next - clock.wall()))
  }

  /** The next time; after an outage the last of those that were missed: the others are the same job. */
  #after(time: number): number {
    const { queue, schedule, clock } = this.#parts
    const times = queue.occurrences(schedule, time, MOST_MISSED)
    const now = clock.wall()
    return times.filter((each) => each <= now).at(-1) ?? times[0] ?? Infinity
  }
}

function scheduledJob({ name, stage }: JobTerms, time: number): NewJob {
  return {
    id: timedId(name, time),
    queue: name,
    input: undefined,
    startAt: undefined,
    priority: stage.priority,
    key: undefined,
  }
}

/** A UUID that says which job at which time: RFC 9562, 5.8 (version 8). */
export function timedId(name: string, time: number): string {
  const hex = createHash('sha256').update(`${name} ${time}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
