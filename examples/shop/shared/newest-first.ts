import { sql, type RawBuilder } from 'kysely'
import type { NewestFirst } from './timestamp.ts'

/** The condition for rows that come after `key` in a list that shows the newest first. */
export function olderThan([createdAt, id]: NewestFirst): RawBuilder<boolean> {
  return sql<boolean>`(created_at, id) < (${createdAt}, ${id})`
}

export function newestFirstKey(row: { readonly created_at: Date; readonly id: string }): NewestFirst {
  return [row.created_at.toISOString(), row.id]
}
