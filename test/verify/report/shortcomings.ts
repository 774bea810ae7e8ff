import { lacks, type Lack } from './lacks.ts'
import type { Source, Tally } from './tally.ts'

/** The phases of one kind, added up. */
export interface Phase {
  readonly name: string
  readonly isFaulty: boolean
  /** Sources that nobody gets at while it lasts. */
  readonly without: readonly Source[]
  readonly tallies: readonly Tally[]
}

/** What does not hold that has to. */
export function shortcomings(phases: readonly Phase[], totals: readonly Tally[]): string[] {
  return [
    ...phases.flatMap(broken),
    ...phases.flatMap(({ name, tallies, without }) => untried(name, tallies, without)),
    ...untried('all phases', totals, []),
  ]
}

function broken({ name, isFaulty, tallies }: Phase): string[] {
  return tallies.flatMap(({ level, violations, refused }) => [
    ...(violations > 0 ? [`${name}: ${level} was violated ${violations} times`] : []),
    ...(isFaulty
      ? []
      : [...refused].map(([code, times]) => `${name}: ${level} was refused ${times} times (${code})`)),
  ])
}

function untried(name: string, tallies: readonly Tally[], without: readonly Source[]): string[] {
  return lacks(tallies, { without }).map((lack) => `${name}: ${sentence(lack)}`)
}

function sentence({ tally: { level, answered, by }, source }: Lack): string {
  return source === undefined
    ? `${level}: only ${answered} reads were answered`
    : `${level}: ${source} has served only ${((by[source] / answered) * 100).toFixed(1)} %`
}
