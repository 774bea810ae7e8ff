import { tagKey } from '../../consistency/tag-key.ts'
import type { Change, Watermark } from '../../consistency/watermark.ts'
import type { Module, TagsOfRows } from '../../declare/module.ts'
import type {
  ChangedRow,
  ChangeListener,
  CommittedChanges,
  FollowedTable,
  StreamStart,
} from '../../ports/change-stream.ts'
import type { Caches } from './caches.ts'
import { holdsChange } from './recent-changes.ts'

type TagsOfRow = TagsOfRows[string]

/**
 * Turns changed rows into changed tags, and drops what is cached under them. It sees every commit, whoever makes it.
 *
 * A row that cannot be turned into tags, like a table of which any row may have changed, ends all that is cached: which part of it is out of date
 * cannot be told.
 */
export class ChangeFollower implements ChangeListener {
  readonly #caches: Caches
  readonly #tagsOf: ReadonlyMap<string, TagsOfRow>
  readonly #log: (line: string) => void
  #hasComplained = false

  constructor(caches: Caches, modules: readonly Module[], log: (line: string) => void) {
    this.#caches = caches
    this.#tagsOf = new Map(modules.flatMap(rowsOf))
    this.#log = log
  }

  started(start: StreamStart): void {
    this.#caches.following(start)
  }

  committed({ change, rows, tables }: CommittedChanges): void {
    for (const row of rows) this.#changed(row, change)
    if (tables.length > 0) this.#anyRow(change)
  }

  watermark(watermark: Watermark): void {
    this.#caches.reached(watermark)
  }

  gap(reason: string): void {
    this.#log(`The change stream may have missed changes, so cached answers are dropped: ${reason}`)
    this.#caches.lost()
  }

  #changed(changed: ChangedRow, change: Change): void {
    const keys = this.#keysOf(changed)
    if (keys === undefined) return this.#anyRow(change)
    for (const key of keys) {
      this.#caches.changes.committed(key, change)
      this.#caches.local.dropTag(key, ({ label }) => label !== undefined && holdsChange(label, change))
    }
  }

  #keysOf({ schema, table, row }: ChangedRow): readonly number[] | undefined {
    const tagsOf = this.#tagsOf.get(`${schema}.${table}`)
    try {
      return tagsOf === undefined ? [] : tagsOf(row).map(({ id }) => tagKey(id))
    } catch (error) {
      if (!this.#hasComplained)
        this.#log(`rows.${table} of module ${schema} failed for a changed row: ${String(error)}`)
      this.#hasComplained = true
      return undefined
    }
  }

  #anyRow(change: Change): void {
    this.#caches.changes.passed(change)
    this.#caches.local.clear()
  }
}

/** The tables of a module that it names rows of. */
export function followedTables({ name, rows }: Module): readonly FollowedTable[] {
  return Object.keys(rows ?? {}).map((table) => ({ schema: name, table }))
}

function rowsOf({ name, rows }: Module): [string, TagsOfRow][] {
  return Object.entries(rows ?? {}).map(([table, tagsOf]) => [`${name}.${table}`, tagsOf])
}
