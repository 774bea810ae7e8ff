import type { ConstructorOptions, PgBoss } from 'pg-boss'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Statements } from '../../ports/statements.ts'
import type { Store } from '../../ports/store.ts'
import { bossClock } from './boss-clock.ts'
import { loadPgBoss } from './load.ts'
import { SCHEMA } from './schema.ts'

/** A text with its values. */
export type Statement = readonly [text: string, values: readonly unknown[]]

export interface BossParts {
  readonly store: Store
  readonly statements: Statements
  readonly clock: Clock
  readonly log: (line: string) => void
}

/** How often claims of instances that are gone are looked for, and queues counted, by whichever instance comes first. */
const MONITOR_S = 10

/**
 * pg-boss on the store's connections and the injected clock, started. With `install` it makes its tables, or brings them up to date.
 *
 * @throws FUL-1014 when pg-boss is not installed, FUL-1017 where its tables are not there or not of its version.
 */
export async function openBoss({ statements, clock, log }: BossParts, install: boolean): Promise<PgBoss> {
  const Boss = await loadPgBoss()
  const boss = new Boss({
    ...FIXED,
    migrate: install,
    clock: bossClock(clock),
    db: { executeSql: async (text, values = []) => (await statements.execute(text, values)) as never },
  })
  boss.on('error', (error) => log(`jobs: ${error.message}`))
  boss.on('warning', ({ message }) => log(`jobs: ${message}`))
  try {
    return await boss.start()
  } catch (error) {
    await boss.stop({ graceful: false })
    throw install ? error : notInstalled(error)
  }
}

const FIXED: ConstructorOptions = {
  schema: SCHEMA,
  // Both are driven from outside.
  supervise: false,
  schedule: false,
  monitorIntervalSeconds: MONITOR_S,
  registerInstance: false,
  openTelemetry: { enabled: false },
}

/** What pg-boss says of tables that are not as it needs them, which has no code. Anything else is passed on. */
const NOT_READY = /pg-boss (?:is not installed|database requires migrations)/

function notInstalled(error: unknown): unknown {
  if (!(error instanceof Error) || !NOT_READY.test(error.message)) return error
  const reason = 'the tables of its job queue are not there, or of another version; run `fulcrum migrate`'
  return fulcrumError('FUL-1017', { part: 'the application', reason }, { cause: error })
}
