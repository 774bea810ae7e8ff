import type { Stage, StageName } from '../../plan/plan.ts'
import type { Store } from '../../ports/store.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type { Call } from './call.ts'

/** A composed rest of a plan: takes a call and its validated input, answers with what the handler returned. */
export type Run = (call: Call, input: unknown) => unknown

/** What stages may use besides their settings. */
export interface StageParts {
  readonly store: Store | undefined
  readonly clock: Clock
  readonly random: Random
}

/** Makes one stage of one operation, once, at boot. */
export type StageFactory<Name extends StageName> = (
  settings: Extract<Stage, { stage: Name }>,
  next: Run,
  parts: StageParts,
) => Run

/** The store, for stages that a plan only has where one is configured. */
export function storeOf(parts: StageParts): Store {
  if (parts.store === undefined) throw new Error('a plan with a database stage was composed without a store')
  return parts.store
}
