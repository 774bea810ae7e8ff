import pg from 'pg'
import type { Amounts } from './orders.ts'

/** What was applied of one kind. */
export interface Applied {
  readonly kind: string
  readonly applied: number
  readonly lost: number
  readonly twice: number
  /** Facts that came after a later one of their key. Jobs have no order. */
  readonly outOfOrder: number | undefined
}

const COUNTS = `
SELECT kind, count(*)::int AS applied, count(DISTINCT (key, n))::int AS distinct,
  (count(*) FILTER (WHERE n < before))::int AS out_of_order
FROM (SELECT kind, key, n, max(n) OVER (PARTITION BY kind, key ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM applied.fact) AS fact
GROUP BY kind`

interface Row {
  readonly kind: string
  readonly applied: number
  readonly distinct: number
  readonly out_of_order: number
}

/** How many facts have been applied, each counted once. */
export async function applied(url: string): Promise<number> {
  const { rows } = await ask<{ n: number }>(
    url,
    'SELECT count(DISTINCT (kind, key, n))::int AS n FROM applied.fact',
  )
  return rows[0]?.n ?? 0
}

/** What was applied of each kind, next to what should have been. */
export async function judged(url: string, expected: Readonly<Record<string, number>>): Promise<Applied[]> {
  const { rows } = await ask<Row>(url, COUNTS)
  return Object.entries(expected).map(([kind, count]) => {
    const row = rows.find((each) => each.kind === kind)
    return {
      kind,
      applied: row?.applied ?? 0,
      lost: count - (row?.distinct ?? 0),
      twice: (row?.applied ?? 0) - (row?.distinct ?? 0),
      outOfOrder: kind === 'job' ? undefined : (row?.out_of_order ?? 0),
    }
  })
}

/** Kinds of facts, and how many of each there are. */
export function expectedOf({ events, jobs, reported }: Amounts): Readonly<Record<string, number>> {
  return { event: events, job: jobs, 'from elsewhere': reported }
}

export function hasShortcoming({ lost, twice, outOfOrder = 0 }: Applied): boolean {
  return lost !== 0 || twice !== 0 || outOfOrder !== 0
}

async function ask<R extends object>(url: string, text: string): Promise<pg.QueryResult<R>> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.query<R>(text)
  } finally {
    await client.end()
  }
}
