import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'

/** What an application is given instead of reaching for it. */
export interface AppParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
}
