import { createHash } from 'node:crypto'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { FollowedTable } from '../../../ports/change-stream.ts'
import { reasonOf, sqlState } from '../failure.ts'
import type { Control } from './control.ts'
import { quoteName } from './sql/slot.ts'
import { FOLLOWED_TABLES, type FollowedTableRow } from './sql/tables.ts'

/** PostgreSQL cuts names at 63 bytes. */
const LONGEST_NAME = 63

/** duplicate_object, unique_violation: another instance was quicker. */
const IS_THERE = /^(?:42710|23505)$/
const INSUFFICIENT_PRIVILEGE = '42501'
/** invalid_parameter_value: a table of a kind that cannot be published. */
const CANNOT_BE_PUBLISHED = '22023'

/**
 * The publication of a table. One for each: what an instance follows is the list of those that it names, so that instances of different versions,
 * and different applications, never change each other's.
 */
export function publicationOf({ schema, table }: FollowedTable): string {
  const name = `fulcrum:${schema}.${table}`
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name
  return `fulcrum:${createHash('sha256').update(name).digest('hex').slice(0, 32)}`
}

/** Tables with their publications, and what the database says of them. */
export class FollowedTables {
  readonly tables: readonly FollowedTable[]
  readonly publications: readonly string[]
  readonly #question: string

  constructor(tables: readonly FollowedTable[]) {
    this.tables = tables
    this.publications = tables.map(publicationOf)
    this.#question = JSON.stringify(
      tables.map(({ schema, table }, index) => ({
        schema,
        name: table,
        publication: this.publications[index],
      })),
    )
  }

  /** A row for each table, in order. */
  look(control: Control): ReturnType<typeof control.ask<FollowedTableRow>> {
    return control.ask<FollowedTableRow>(FOLLOWED_TABLES, [this.#question])
  }

  /**
   * Makes sure that all tables are published. Returns what they are made of.
   *
   * @throws FUL-4033 when a table cannot be followed, FUL-4034 when it is not published and the user may not do that.
   */
  async publish(control: Control, parts: PublishParts): Promise<readonly FollowedTableRow[]> {
    const before = (await this.look(control)).rows
    this.#refuseProblems(before)
    if (before.every((row) => row.is_published)) return before
    const missing = { ...parts, names: this.#unpublished(before), statements: this.#statements(before) }
    for (const statement of missing.statements) await run(statement, missing)
    const after = (await this.look(control)).rows
    this.#refuseProblems(after)
    if (after.every((row) => row.is_published)) return after
    throw notPublished('somebody else changes the publications', missing)
  }

  #unpublished(rows: readonly FollowedTableRow[]): string[] {
    return rows.flatMap(({ is_published }, index) => (is_published ? [] : [this.#nameAt(index)]))
  }

  #refuseProblems(rows: readonly FollowedTableRow[]): void {
    const problems = rows.flatMap(({ problem }, index) =>
      problem === null ? [] : [`${this.#nameAt(index)} (${problem})`],
    )
    if (problems.length > 0) throw fulcrumError('FUL-4033', { problems })
  }

  #statements(rows: readonly FollowedTableRow[]): string[] {
    return rows.flatMap(({ is_published, has_publication }, index) => {
      if (is_published) return []
      const publication = quoteName(this.publications[index] as string)
      const { schema, table } = this.tables[index] as FollowedTable
      const name = `${quoteName(schema)}.${quoteName(table)}`
      const root = 'publish_via_partition_root = true'
      if (!has_publication) return [`CREATE PUBLICATION ${publication} FOR TABLE ${name} WITH (${root})`]
      return [
        `ALTER PUBLICATION ${publication} SET TABLE ${name}`,
        `ALTER PUBLICATION ${publication} SET (publish = 'insert, update, delete, truncate', ${root})`,
      ]
    })
  }

  #nameAt(index: number): string {
    const { schema, table } = this.tables[index] as FollowedTable
    return `${schema}.${table}`
  }
}

export interface PublishParts {
  /** Who is asking. */
  readonly user: string
  /** Runs one statement that writes. */
  readonly run: (statement: string) => Promise<unknown>
}

interface Missing extends PublishParts {
  readonly names: readonly string[]
  readonly statements: readonly string[]
}

async function run(statement: string, missing: Missing): Promise<void> {
  try {
    await missing.run(statement)
  } catch (error) {
    const state = sqlState(error) ?? ''
    if (IS_THERE.test(state)) return
    if (state === INSUFFICIENT_PRIVILEGE) throw notPublished(reasonOf(error), missing, error)
    if (state !== CANNOT_BE_PUBLISHED) throw error
    throw fulcrumError('FUL-4033', { problems: reasonOf(error) }, { cause: error })
  }
}

function notPublished(reason: string, { user, names, statements }: Missing, cause?: unknown): Error {
  const params = { user, tables: names, reason, sql: `${statements.join('; ')};` }
  return fulcrumError('FUL-4034', params, { cause })
}
