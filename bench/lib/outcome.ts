import type { Figures } from './alternate.ts'

/** What is printed of one comparison. */
export interface Outcome {
  readonly title: string
  /** For example `ns per call`. */
  readonly unit: string
  readonly better: 'less' | 'more'
  readonly figures: Figures
  /** What the figures are to be read with. */
  readonly notes?: readonly string[]
}

/** The middle of some figures and of their halves. */
export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}

export function spread(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b)
  const at = (share: number): number => {
    const position = share * (sorted.length - 1)
    const [below, above] = [
      sorted[Math.floor(position)] ?? Number.NaN,
      sorted[Math.ceil(position)] ?? Number.NaN,
    ]
    return below + (above - below) * (position % 1)
  }
  return { low: at(0.25), median: at(0.5), high: at(0.75) }
}

/** How many times better `name` is than `other`, round by round: above 1 is better, whichever way the unit counts. */
export function ratio({ figures, better }: Outcome, name: string, other: string): Spread {
  const [own, peer] = [figures.get(name) ?? [], figures.get(other) ?? []]
  const paired = own.map((figure, round) => {
    const beside = peer[round] ?? Number.NaN
    return better === 'more' ? figure / beside : beside / figure
  })
  return spread(paired)
}

/** Medians, with the quartiles of the rounds. */
export function print({ title, unit, better, figures, notes = [] }: Outcome): void {
  const rows = [...figures].map(([name, all]) => [name, describe(spread(all), format)] as const)
  const width = Math.max(...rows.map(([name]) => name.length))
  console.log(`\n${title} (${unit}, ${better} is better)`)
  for (const [name, text] of rows) console.log(`  ${name.padEnd(width)}  ${text}`)
  for (const note of notes) console.log(`  ${note}`)
}

/** Prints how much better one is than another, and what it is meant to be. */
export function printRatio(
  outcome: Outcome,
  [name, other]: readonly [string, string],
  target?: number,
): void {
  const aim = target === undefined ? '' : `, target ${target}`
  const found = describe(ratio(outcome, name, other), (figure) => figure.toFixed(2))
  console.log(`  ${name} over ${other}: ${found}${aim}`)
}

/** Prints how many times as much one takes as another, round by round. */
export function printTimes(outcome: Outcome, name: string, other: string): void {
  const times = describe(ratio(outcome, other, name), (figure) => figure.toFixed(2))
  console.log(`  ${name}: ${times} × ${other}`)
}

function describe({ low, median, high }: Spread, show: (figure: number) => string): string {
  return `${show(median).padStart(6)}  (${show(low)} to ${show(high)})`
}

function format(figure: number): string {
  return figure >= 1000 ? Math.round(figure).toLocaleString('en') : figure.toPrecision(3)
}
