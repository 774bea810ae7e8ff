import { markdown } from './markdown.ts'
import { SOURCES, type Tally } from './tally.ts'

/** One table of Markdown: a row for each level that was used. */
export function table(phase: string, tallies: readonly Tally[]): string {
  const rows = tallies
    .filter(({ answered, refused, unknown }) => answered + unknown + refused.size > 0)
    .map(row)
  const head = ['', 'answered', ...SOURCES, 'stale', 'reset', 'refused', 'no answer', 'violations']
  return [`### ${phase}`, '', markdown([head, ...rows]), ''].join('\n')
}

function row(tally: Tally): string[] {
  const { level, answered, by, stale, reset, unknown, refused, violations } = tally
  const shares = SOURCES.map((source) =>
    by[source] === 0 ? '' : `${((by[source] / answered) * 100).toFixed(1)} %`,
  )
  const codes = [...refused].map(([code, times]) => `${times} × ${code}`).join(', ')
  return [
    level,
    String(answered),
    ...shares,
    none(stale),
    none(reset),
    codes,
    none(unknown),
    String(violations),
  ]
}

function none(count: number): string {
  return count === 0 ? '' : String(count)
}
