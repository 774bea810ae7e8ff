import { Deadline } from '../../kernel/deadline.ts'
import type { Answered, Statements } from '../../ports/statements.ts'
import type { AdapterDependencies } from '../../ports/store-source.ts'
import { ask } from './ask.ts'
import type { Connection } from './connection.ts'
import { STATEMENTS } from './connector.ts'
import type { Driver } from './driver.ts'
import type { PostgresNode } from './node.ts'
import { OwnPool } from './pool.ts'
import { Script } from './script.ts'
import { Statement } from './statement.ts'
import { Watchdog } from './watchdog.ts'

/** Nobody waits for these, and they must not hang: bringing a library's tables up to date takes the longest. */
const LIMIT_MS = 60_000
/** They are many small ones, one after the other, and do not take connections from the calls of operations. */
const CONNECTIONS = 3

export interface StatementsParts {
  readonly primary: PostgresNode
  readonly driver: Driver
  readonly dependencies: AdapterDependencies
}

interface Run {
  readonly text: string
  readonly values: readonly unknown[]
  readonly deadline: Deadline
}

/**
 * Statements of others on connections of their own to the primary: what is configured for the store's (TLS, credentials, failover) holds for them, and
 * unlike on the store's a statement by itself may write. Opened with the first use.
 */
export class PostgresStatements implements Statements {
  readonly #parts: StatementsParts
  readonly #pool: OwnPool

  constructor(parts: StatementsParts) {
    const { primary, dependencies } = parts
    this.#parts = parts
    this.#pool = new OwnPool({
      label: primary.label,
      max: CONNECTIONS,
      open: () => primary.connector.open(STATEMENTS, primary.monitor.cancelBackend),
      isOutdated: primary.isOutdated,
      owner: primary,
      watchdog: new Watchdog(dependencies.clock),
    })
  }

  async execute(text: string, values: readonly unknown[] = []): Promise<Answered | Answered[]> {
    const { primary, dependencies } = this.#parts
    primary.monitor.touch()
    using deadline = Deadline.after(dependencies.clock, LIMIT_MS)
    const connection = await this.#acquire(deadline)
    try {
      return await this.#run(connection, { text, values, deadline })
    } catch (error) {
      // A script may have left its transaction open, and a server that has been replaced only reads.
      connection.isSpoiled = true
      throw error
    } finally {
      this.#pool.release(connection)
    }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  /** What was opened to a server that has been replaced in the meantime is let go. */
  async #acquire(deadline: Deadline): Promise<Connection> {
    const { primary } = this.#parts
    this.#pool.renew()
    try {
      return await this.#pool.acquire(deadline)
    } catch (error) {
      throw primary.unavailable(error)
    }
  }

  async #run(connection: Connection, { text, values, deadline }: Run): Promise<Answered | Answered[]> {
    if (values.length > 0) {
      const spec = { text, values: values.map(this.#parts.driver.prepareValue) }
      return { rows: (await ask(connection, new Statement(spec, deadline))).results }
    }
    const { results } = await ask(connection, new Script(text, deadline))
    const answers = results.map(({ rows }) => ({ rows: [...rows] }))
    return answers.length === 1 ? (answers[0] as Answered) : answers
  }
}
