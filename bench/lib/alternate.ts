/** One way of doing the same thing; `round` runs it for a while and returns its figure (see the unit of the comparison). */
export interface Contender {
  readonly name: string
  readonly round: () => Promise<number>
}

export interface Comparison {
  readonly title: string
  /** For example `ns per call`. */
  readonly unit: string
  readonly better: 'less' | 'more'
  readonly contenders: readonly Contender[]
  /** Rounds that count, each with every contender in turn. Default 7. */
  readonly rounds?: number
  /** Rounds before, which do not count. Default 2. */
  readonly warmUp?: number
  /** What the figures are to be read with. */
  readonly notes?: readonly string[]
}

export interface Outcome {
  readonly title: string
  readonly unit: string
  readonly better: 'less' | 'more'
  readonly medians: ReadonlyMap<string, number>
  readonly notes: readonly string[]
}

/**
 * Measures contenders in alternation, so that whatever else the machine does meets all of them, and takes medians. The order turns with every
 * round: none is always the one that runs on a warm cache.
 */
export async function alternate(comparison: Comparison): Promise<Outcome> {
  const { title, unit, better, contenders, rounds = 7, warmUp = 2, notes = [] } = comparison
  const figures = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const { name, round: run } of turned(contenders, Math.max(0, round))) {
      const figure = await run()
      if (round >= 0) figures.get(name)?.push(figure)
    }
  }
  const medians = new Map([...figures].map(([name, all]) => [name, median(all)]))
  return { title, unit, better, medians, notes }
}

/** How many times better `name` is than `other`: above 1 is better, whichever way the unit counts. */
export function ratio({ medians, better }: Outcome, name: string, other: string): number {
  const [own, peer] = [medians.get(name) ?? Number.NaN, medians.get(other) ?? Number.NaN]
  return better === 'more' ? own / peer : peer / own
}

export function print(outcome: Outcome): void {
  const width = Math.max(...[...outcome.medians.keys()].map((name) => name.length))
  console.log(`\n${outcome.title} (${outcome.unit}, ${outcome.better} is better)`)
  for (const [name, figure] of outcome.medians) console.log(`  ${name.padEnd(width)}  ${format(figure)}`)
  for (const note of outcome.notes) console.log(`  ${note}`)
}

export function format(figure: number): string {
  return figure >= 1000 ? Math.round(figure).toLocaleString('en') : figure.toPrecision(3)
}

function turned<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
