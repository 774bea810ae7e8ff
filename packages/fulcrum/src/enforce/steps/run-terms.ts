import type { Tag } from '../../declare/tag.ts'
import type { Principal } from '../../declare/principal.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type { Stage } from '../../plan/plan.ts'
import type { IdempotencyLog } from '../../ports/idempotency-log.ts'
import type { HeldRun, Memo, StepLog } from '../../ports/step-log.ts'
import type { Store } from '../../ports/store.ts'
import type { CallScope } from '../runtime/call-scope.ts'
import type { CallSession } from '../session/call-session.ts'
import type { Notes } from './notes.ts'

/** Everything about the runs of one command that follows from its declaration. */
export interface RunKind {
  readonly scope: CallScope
  readonly settings: Extract<Stage, { stage: 'steps' }>
}

/** What a run has to do with. */
export interface RunParts {
  readonly store: Store
  readonly log: StepLog
  readonly notes: Notes
  readonly idempotencyLog: IdempotencyLog
  readonly clock: Clock
  readonly random: Random
  /** One line for people. */
  readonly report: (line: string) => void
}

/** One run, as it begins here: for the first time, or where another instance was with it. */
export interface RunFacts extends HeldRun {
  readonly call: string
  readonly fingerprint: string
  readonly input: unknown
  readonly principal: Principal | undefined
  /** Of who waits for it; `undefined` where nobody does. */
  readonly session: CallSession | undefined
  readonly state: 'running' | 'compensating'
  /** Wall clock, milliseconds. */
  readonly beganAt: number
  /** Milliseconds since then. */
  readonly age: number
  readonly memos: readonly Memo[]
}

/** Tags by their ids are enough to tell sessions and caches of what was changed. */
export function tagsOf(ids: readonly string[]): Tag[] {
  return ids.map((id) => ({ name: '', id, args: [] }))
}
