import type { CallFacts, TransactionRunner } from './store.ts'

/**
 * `running`: forward. `compensating`: what it has done is undone. `stuck`: neither goes on before somebody looks at it. `done`: its answer is kept. `undone`: nothing of
 * it is left, and a repetition is a new run.
 */
export const RUN_STATES = ['running', 'compensating', 'stuck', 'done', 'undone'] as const
export type RunState = (typeof RUN_STATES)[number]

/** A run that this instance has, until somebody else takes it. */
export interface HeldRun {
  /** A UUID. */
  readonly run: string
  /** A UUID, another one for each time that a run is taken. */
  readonly holder: string
}

export interface RunToBegin extends HeldRun {
  /** What makes a call of the command the same one: 32 hexadecimal digits. */
  readonly call: string
  /** Of its input: 32 hexadecimal digits. */
  readonly fingerprint: string
  readonly operation: string
  readonly input: Uint8Array
  readonly principal: Uint8Array
  /** Whose it is: a UUID. */
  readonly instance: string
}

/** `there`: a run of the call that is not over. `over`: of one that is, whose answer is kept. */
export type Begun =
  | { readonly kind: 'begun' }
  | { readonly kind: 'there'; readonly run: string; readonly fingerprint: string; readonly isStuck: boolean }
  | { readonly kind: 'over' }

/** A run that was somebody else's, who is not heard of any more. */
export interface TakenRun extends HeldRun {
  readonly call: string
  readonly fingerprint: string
  readonly operation: string
  readonly input: Uint8Array
  readonly principal: Uint8Array
  readonly state: 'running' | 'compensating'
  /** Milliseconds since it began. */
  readonly age: number
  /** Wall clock, milliseconds. */
  readonly beganAt: number
}

/** Whether it is what a step came to, or that it was undone. */
export type MemoPart = 'step' | 'undo'

/** What a step came to. */
export interface Memo {
  readonly name: string
  readonly part: MemoPart
  /** The n-th step that the handler began. */
  readonly position: number
  readonly answer: Uint8Array
}

export interface Taking {
  readonly instance: string
  /** Names of operations that it has. */
  readonly operations: readonly string[]
  /** Runs that it has already: what else is in its name, it has forgotten. */
  readonly held: readonly string[]
  readonly most: number
  /** The instance is alive for so many milliseconds, where it takes any. */
  readonly alive: number
}

/** How a run ends, apart from its answer. */
export interface RunEnd {
  readonly state: 'done' | 'undone'
  /** Milliseconds for which it can be looked at. */
  readonly keep: number
  readonly reason?: string | undefined
}

/** A run, as it is shown. */
export interface ShownRun {
  readonly run: string
  readonly operation: string
  readonly state: RunState
  /** Why it is not `running` or `done`. */
  readonly reason: string | null
  readonly beganAt: Date
  /** How often another instance has taken it. */
  readonly takeovers: number
}

export interface WhichRuns {
  readonly states: readonly RunState[]
  readonly operation?: string | undefined
  readonly limit: number
}

/** The run is another instance's by now: nothing was written. */
export class RunTaken extends Error {}

/**
 * Runs of steps and what their steps came to, in the database that the commands change. Whatever is written for a run is written only while its holder has it;
 * once it was taken, `RunTaken` is what its old holder gets. Instances that have runs say every so often that they are alive.
 */
export interface StepLog {
  /** The instance is alive for so many milliseconds more. */
  beat(instance: string, ms: number): Promise<void>
  /** Begins the run of a call, unless there is one. */
  begin(run: RunToBegin): Promise<Begun>
  take(taking: Taking): Promise<readonly TakenRun[]>
  /** What the steps of a run have come to so far. */
  memos(run: string): Promise<readonly Memo[]>
  /** Remembers what steps came to; those of them whose run was taken meanwhile are returned. */
  note(memos: readonly (HeldRun & Memo)[]): Promise<readonly HeldRun[]>
  /** Remembers it with the effects of a transaction, which fails with `RunTaken` where that is so. */
  noteWith(tx: TransactionRunner, held: HeldRun, memo: Memo): void
  /** @throws RunTaken */
  turn(held: HeldRun, state: 'compensating' | 'stuck', reason: string): Promise<void>
  /** With a transaction that keeps the answer, which fails with `RunTaken` where that is so. */
  endWith(tx: TransactionRunner, held: HeldRun, end: RunEnd): void
  /** @throws RunTaken */
  end(held: HeldRun, end: RunEnd): Promise<void>
  /** Leaves runs to others, at once. */
  leave(held: readonly HeldRun[]): Promise<void>
  /** Deletes runs that nobody needs to look at any more, at most so many, and instances that are gone; returns how many runs those were. */
  forget(call: CallFacts, most: number): Promise<number>
  /** Oldest first. */
  runs(which: WhichRuns): Promise<readonly ShownRun[]>
  /** `undefined`: there is no such run. */
  run(run: string): Promise<ShownRun | undefined>
  /** Lets a stuck run go on. `false`: it is not stuck. */
  retry(run: string): Promise<boolean>
  close(): Promise<void>
}
