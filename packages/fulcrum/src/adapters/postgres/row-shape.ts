import type { RowDescription, ValueParser, WireClient } from './driver.ts'

type Row = Record<string, unknown>

/** How the rows of a statement become objects: built once per prepared statement, from the server's description of the columns. */
export class RowShape {
  readonly #names: readonly string[]
  readonly #parsers: readonly ValueParser[]
  readonly #empty: Row

  constructor(client: WireClient, { fields }: RowDescription) {
    this.#names = fields.map(({ name }) => name)
    this.#parsers = fields.map(({ dataTypeID }) => client.getTypeParser(dataTypeID, 'text'))
    this.#empty = emptyRow(this.#names)
  }

  row(values: readonly (string | null)[]): Row {
    // Copying an object that has all columns gives every row the same hidden class.
    const row = { ...this.#empty }
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as string | null
      if (value !== null) row[this.#names[index] as string] = (this.#parsers[index] as ValueParser)(value)
    }
    return row
  }
}

/** A column may be called `__proto__`: as an own property of an object without a prototype it is a name like any other. */
function emptyRow(names: readonly string[]): Row {
  const row = Object.create(null) as Row
  for (const name of names) row[name] = null
  return { ...row }
}
