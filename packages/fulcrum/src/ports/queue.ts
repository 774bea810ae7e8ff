import type { StatementRunner } from '../declare/db.ts'
import type { Schedule } from '../declare/schedule.ts'
import type { TransactionRunner } from './store.ts'

/** What a queue does with jobs that have the same key: nothing; let only one of them wait; run them one after the other, as they were enqueued. */
export type KeyRule = 'none' | 'one waits' | 'in order'

/** One kind of job, as its contract says; fixed at boot. */
export interface QueueSettings {
  /** The operation's name. */
  readonly name: string
  /** How often it is run before it is dead. */
  readonly attempts: number
  /** Whole seconds before the second attempt; twice as long before each further one, with jitter. */
  readonly backoff: number
  /** Milliseconds that one run may take. */
  readonly timeout: number
  readonly keys: KeyRule
}

/** A job that is to be done. */
export interface NewJob {
  /** A UUID. A second job with the same one, in the same queue, is the same job: it is not added. */
  readonly id: string
  readonly queue: string
  /** As JSON holds it. */
  readonly input: unknown
  /** Wall clock, milliseconds since the epoch; `undefined`: at once. */
  readonly startAt: number | undefined
  /** Greater goes first. */
  readonly priority: number
  readonly key: string | undefined
}

/** The right to run a job once. It ends when the job is settled, when its instance is not heard of any more, and when its time is over. */
export interface Claim {
  readonly id: string
  /** 0 for the first claim. */
  readonly retries: number
}

export interface ClaimedJob extends Claim {
  /** The id that it was enqueued with; another one than `id` when it was taken back from the dead letters. */
  readonly root: string
  readonly input: unknown
}

/** A job that has failed for good. */
export interface DeadJob {
  readonly id: string
  readonly input: unknown
  /** Why its last attempt failed. */
  readonly reason: string
  readonly attempts: number
  readonly enqueuedAt: Date
  readonly diedAt: Date
}

/** What is in a queue, as of a few seconds ago. */
export interface QueueDepth {
  readonly queue: string
  /** Ready to be run. */
  readonly waiting: number
  /** For a time still to come: delayed, or between two attempts. */
  readonly delayed: number
  readonly running: number
  readonly dead: number
  /** Seconds for which the job that is next has been waiting; 0 where none is ready. */
  readonly age: number
}

export interface Page {
  readonly limit: number
  /** The id of the last job of the page before. */
  readonly after?: string | undefined
}

/** What is there to do. */
export interface Outlook {
  /** Queues with jobs that are ready. */
  readonly ready: readonly string[]
  /** Jobs of committed transactions wait to be moved into their queues. */
  readonly toMove: boolean
}

/**
 * Jobs on their way to be run, kept in the store. A job is claimed by one instance at a time and is run at least once; `noteApplied` makes the
 * effects of a transaction happen once.
 */
export interface Queue {
  /** Sees to it that there is a queue for each of these; with `install`, also what queues are made of. @throws FUL-1017 where that is not there. */
  start(queues: readonly QueueSettings[], install: boolean): Promise<void>
  /** Adds jobs by themselves; resolves when they are durable. */
  add(jobs: readonly NewJob[]): Promise<void>
  /** Adds jobs with a transaction: they are there when it is committed, and can be moved then. */
  addWith(tx: TransactionRunner, jobs: readonly NewJob[]): void
  /** Moves jobs of committed transactions into their queues; the queues that got some. Empty as well where another instance is at it. */
  move(): Promise<readonly string[]>
  outlook(queues: readonly string[]): Promise<Outlook>
  claim(queue: string, most: number): Promise<readonly ClaimedJob[]>
  complete(queue: string, claims: readonly Claim[]): Promise<void>
  /** The attempt has failed: the job is tried again later, or dead. */
  fail(queue: string, claim: Claim, reason: string): Promise<void>
  /** Gives jobs back as if they had not been claimed. */
  giveBack(queue: string, claims: readonly Claim[]): Promise<void>
  /** Says that claims are still being worked on; those that have ended in the meantime are returned. */
  keep(queue: string, claims: readonly Claim[]): Promise<readonly Claim[]>
  /** Notes with a transaction that it is what the job comes to. It cannot be committed where another one was. */
  noteApplied(tx: TransactionRunner, queue: string, job: string): void
  /** Whether a transaction with that note was committed. */
  wasApplied(runner: StatementRunner, job: string): Promise<boolean>
  /** What has to be done from time to time, by some instance: ends claims of instances that are gone, deletes what is over. */
  maintain(): Promise<void>
  depths(): Promise<readonly QueueDepth[]>
  dead(queue: string, page: Page): Promise<readonly DeadJob[]>
  /** Takes dead jobs back into their queue; all without ids. How many that were. */
  revive(queue: string, ids?: readonly string[]): Promise<number>
  /** The next times of a schedule after `from` (wall clock, milliseconds), oldest first. @throws FUL-1002 for one that cannot be read. */
  occurrences(schedule: Schedule, from: number, most: number): readonly number[]
  /** Milliseconds after which a claim ends that nobody kept. */
  readonly patience: number
  close(): Promise<void>
}
