import type { Figures } from './figures.ts'

const HEADINGS = ['', 'requests', 'p50 ms', 'p99 ms', 'declined', 'errors', 'primary', 'replica', 'neither']

/** The figures of every route, as lines of text. */
export function table(routes: ReadonlyMap<string, Figures>, all: Figures): string[] {
  const rows = [...routes].map(([name, figures]) => cells(name, figures))
  return [HEADINGS, ...rows, cells('all', all)].map(line)
}

function cells(name: string, { latencies, declined, errors, sources }: Figures): string[] {
  const primary = sources.get('primary') ?? 0
  const replica = sources.get('replica') ?? 0
  return [
    name,
    String(latencies.count),
    latencies.percentile(50).toFixed(1),
    latencies.percentile(99).toFixed(1),
    ...[declined, errors, primary, replica, latencies.count - primary - replica].map(String),
  ]
}

function line([name = '', ...figures]: readonly string[]): string {
  return name.padEnd(34) + figures.map((figure) => figure.padStart(9)).join('')
}

/** The figures of all routes in one line, for logs. */
export function summary(all: Figures, seconds: number): string {
  const { latencies, declined, errors, sources } = all
  const rate = seconds === 0 ? 0 : latencies.count / seconds
  const from = [...sources].map(
    ([source, count]) => `${source} ${Math.round((100 * count) / latencies.count)} %`,
  )
  return [
    `${Math.round(seconds)} s`,
    `${rate.toFixed(0)} requests/s`,
    `p50 ${latencies.percentile(50).toFixed(1)} ms`,
    `p99 ${latencies.percentile(99).toFixed(1)} ms`,
    `${declined} declined`,
    `${errors} errors`,
    ...from,
  ].join('   ')
}
