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
    const { queue, schedule, clock } = parts
    const now = clock.wall()
    const missed = queue.occurrences(schedule, now - MADE_UP_MS, MOST_MISSED).filter((time) => time <= now)
    this.#next = missed.at(-1) ?? this.#after(now)
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
      // After an outage only the last of what was missed: the others are the same job.
      this.#next = this.#after(due)
      const missed = queue
        .occurrences(this.#parts.schedule, due, MOST_MISSED)
        .filter((time) => time <= clock.wall())
      this.#next = missed.at(-1) ?? this.#next
    }
    return Math.min(LONGEST_SLEEP_MS, Math.max(0, this.#next - clock.wall()))
  }

  #after(time: number): number {
    const { queue, schedule } = this.#parts
    return queue.occurrences(schedule, time, 1)[0] ?? Infinity
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
