import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { ChangedRow, FollowedTable } from '../../../ports/change-stream.ts'

export interface Column {
  readonly name: string
  /** It belongs to the replica identity. */
  readonly isIdentity: boolean
}

/** A value in text form, `null` for NULL, `undefined` when it was not sent. */
export type TupleValue = string | null | undefined

/** In the order of the columns. */
export type Tuple = readonly TupleValue[]

/** A table as a relation message describes it: what follows is to be read by it until the next one of the same id. */
export class Relation implements FollowedTable {
  readonly schema: string
  readonly table: string
  /** `schema.table`. */
  readonly name: string
  readonly columns: readonly Column[]
  /** Prototypes of rows, by which of their columns are missing. */
  readonly #prototypes = new Map<string, object>()

  constructor({ schema, table }: FollowedTable, columns: readonly Column[]) {
    this.schema = schema
    this.table = table
    this.name = `${schema}.${table}`
    this.columns = columns
  }

  /** A row whose columns are those that were sent; reading another column of the table throws. */
  row(tuple: Tuple): ChangedRow {
    const missing = this.#missing(tuple)
    const row = Object.create(this.#prototype(missing)) as Record<string, string | null>
    for (let index = 0; index < this.columns.length; index++) {
      const value = tuple[index]
      if (value !== undefined) row[(this.columns[index] as Column).name] = value
    }
    return { schema: this.schema, table: this.table, row }
  }

  /** What is known of the state that a row has left, when it was not sent: an identity that did not change. */
  identityOf(tuple: Tuple): Tuple {
    return tuple.map((value, index) => ((this.columns[index] as Column).isIdentity ? value : undefined))
  }

  #missing(tuple: Tuple): string {
    let missing = ''
    for (let index = 0; index < tuple.length; index++) if (tuple[index] === undefined) missing += `${index},`
    return missing
  }

  #prototype(missing: string): object {
    const known = this.#prototypes.get(missing)
    if (known !== undefined) return known
    const prototype = Object.create(null) as object
    for (const index of missing.split(',').slice(0, -1)) this.#refuse(prototype, Number(index))
    this.#prototypes.set(missing, prototype)
    return prototype
  }

  #refuse(prototype: object, index: number): void {
    const column = (this.columns[index] as Column).name
    const params = { table: this.name, column }
    const get = (): never => {
      throw fulcrumError('FUL-4037', params)
    }
    Object.defineProperty(prototype, column, { get })
  }
}
