import { SOURCES, type Source, type Tally } from './tally.ts'

/** A level counts as tried from a source when it has served this share of its reads. */
const LEAST_SHARE = 0.05

/** The phases of one kind, added up. */
export interface Phase {
  readonly name: string
  readonly isFaulty: boolean
  readonly tallies: readonly Tally[]
}

/** What does not hold that has to. */
export function shortcomings(phases: readonly Phase[], totals: readonly Tally[]): string[] {
  return [...phases.flatMap(broken), ...totals.flatMap(untried)]
}

function broken({ name, isFaulty, tallies }: Phase): string[] {
  return tallies.flatMap(({ level, violations, refused }) => [
    ...(violations > 0 ? [`${name}: ${level} was violated ${violations} times`] : []),
    ...(isFaulty
      ? []
      : [...refused].map(([code, times]) => `${name}: ${level} was refused ${times} times (${code})`)),
  ])
}

function untried({ level, answered, by }: Tally): string[] {
  return SOURCES.filter((source) => allows(level, source) && by[source] < LEAST_SHARE * answered).map(
    (source) => `${level}: ${source} has served only ${((by[source] / answered) * 100).toFixed(1)} %`,
  )
}

/** Strong reads are the primary's; all others may come from anywhere. */
function allows(level: Tally['level'], source: Source): boolean {
  return level === 'strong' || level === 'writes' ? source === 'primary' : true
}
