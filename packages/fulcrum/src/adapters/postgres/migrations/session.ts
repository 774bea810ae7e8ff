import type { Rows, Sql } from '../../../declare/db.ts'
import type { Deadline } from '../../../kernel/deadline.ts'
import { bindSql } from '../../../ports/sql.ts'
import { ask } from '../ask.ts'
import type { Connection } from '../connection.ts'
import type { Driver } from '../driver.ts'
import { Script, type ScriptResult } from '../script.ts'
import { Statement } from '../statement.ts'

type Row = Record<string, unknown>

/** The connection of one migration run, whose statements end with its deadline. */
export class MigrationSession {
  readonly #connection: Connection
  readonly #driver: Driver
  readonly #deadline: Deadline

  constructor(connection: Connection, driver: Driver, deadline: Deadline) {
    this.#connection = connection
    this.#driver = driver
    this.#deadline = deadline
  }

  get deadline(): Deadline {
    return this.#deadline
  }

  async rows(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#answer(text, values)).results
  }

  /** Several statements; what each of them returned. */
  async script(text: string): Promise<readonly ScriptResult[]> {
    this.#deadline.throwIfOver()
    return (await ask(this.#connection, new Script(text, this.#deadline))).results
  }

  /** Also when the deadline is over. */
  async rollback(): Promise<void> {
    await ask(this.#connection, new Script('ROLLBACK'))
  }

  /** What a step that is a function writes its statements with. */
  readonly sql: Sql = bindSql({
    run: async <R>(text: string, values: readonly unknown[]): Promise<Rows<R>> => {
      const { results, rowCount } = await this.#answer(text, values)
      return { rows: results as R[], rowCount }
    },
  })

  #answer(text: string, values: readonly unknown[]): Promise<Statement> {
    this.#deadline.throwIfOver()
    const spec = { text, values: values.map(this.#driver.prepareValue) }
    return ask(this.#connection, new Statement(spec, this.#deadline))
  }
}
