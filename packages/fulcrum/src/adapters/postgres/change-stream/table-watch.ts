import type { FollowedTable } from '../../../ports/change-stream.ts'
import type { FollowedTableRow } from './sql/tables.ts'

/** `broken`: why the stream does not tell everything any more. */
export type TableNews =
  | { readonly kind: 'none' }
  | { readonly kind: 'altered'; readonly tables: readonly FollowedTable[] }
  | { readonly kind: 'broken'; readonly reason: string }

const NONE: TableNews = { kind: 'none' }

/**
 * Notices what the stream does not tell: tables that were altered, rewritten or replaced, partitions that were truncated, attached or dropped,
 * publications that somebody has changed.
 *
 * It is looked at after the position that is to become the watermark was asked for. So a change that is not seen yet is acknowledged after that
 * position, and the watermark does not claim it.
 */
export class TableWatch {
  readonly #tables: readonly FollowedTable[]
  #states: readonly (string | null)[]

  constructor(tables: readonly FollowedTable[], rows: readonly FollowedTableRow[]) {
    this.#tables = tables
    this.#states = rows.map(({ state }) => state)
  }

  compare(rows: readonly FollowedTableRow[]): TableNews {
    const broken = rows.findIndex(({ problem, is_published }) => problem !== null || !is_published)
    if (broken >= 0) return { kind: 'broken', reason: this.#reason(broken, rows[broken]?.problem) }
    const altered = this.#tables.filter((_, index) => rows[index]?.state !== this.#states[index])
    return altered.length === 0 ? NONE : { kind: 'altered', tables: altered }
  }

  /** What was found has been told. */
  accept(rows: readonly FollowedTableRow[]): void {
    this.#states = rows.map(({ state }) => state)
  }

  #reason(index: number, problem: string | null | undefined): string {
    const { schema, table } = this.#tables[index] as FollowedTable
    return `${schema}.${table}: ${problem ?? 'its publication has been changed'}`
  }
}
