import { Deadline } from '../../../kernel/deadline.ts'
import { bootError } from '../../../kernel/errors/boot-error.ts'
import type { Migrations, MigrationStep, ModuleMigrations } from '../../../ports/migrations.ts'
import type { AdapterDependencies } from '../../../ports/store-source.ts'
import { MIGRATION } from '../connector.ts'
import type { Driver } from '../driver.ts'
import type { PostgresNode } from '../node.ts'
import { reachPrimary } from '../reach-primary.ts'
import {
  CREATE_HISTORY,
  HISTORY_EXISTS,
  type HistoryRow,
  READ_HISTORY,
  SCHEMA_EXISTS,
} from '../sql/migration-history.ts'
import { compare, describe, type PlannedStep } from './compare.ts'
import { loadSteps } from './load.ts'
import { withLock } from './lock.ts'
import { identifier, runStep } from './run-step.ts'
import { MigrationSession } from './session.ts'
import type { Step } from './step.ts'

const PLAN_MS = 30_000

export interface MigrationParts {
  readonly primary: PostgresNode
  readonly driver: Driver
  readonly dependencies: AdapterDependencies
}

/** The steps of one module. */
interface ModuleSteps {
  readonly module: string
  readonly steps: readonly Step[]
}

/** Migrations on the primary, each run on a connection of its own. The history is in `fulcrum.migration`. */
export class PostgresMigrations implements Migrations {
  readonly #parts: MigrationParts

  constructor(parts: MigrationParts) {
    this.#parts = parts
  }

  /** @throws FUL-4020 to FUL-4023 when a history cannot be continued, FUL-4025 when a step cannot be used. */
  async plan(modules: readonly ModuleMigrations[]): Promise<readonly MigrationStep[]> {
    const loaded = await load(modules)
    const deadline = Deadline.after(this.#parts.dependencies.clock, PLAN_MS)
    const planned = await this.#session(deadline, (session) => planOf(loaded, session))
    return planned.map(describe)
  }

  /** @throws as `plan`, FUL-4024 when a step fails, FUL-4026 when another instance migrates until the deadline. */
  async apply(modules: readonly ModuleMigrations[], deadline: Deadline): Promise<readonly MigrationStep[]> {
    const loaded = await load(modules)
    if (loaded.every(({ steps }) => steps.length === 0)) return []
    return this.#session(deadline, (session) =>
      withLock(session, this.#parts.dependencies, () => this.#applyAll(loaded, session)),
    )
  }

  async #applyAll(
    loaded: readonly ModuleSteps[],
    session: MigrationSession,
  ): Promise<readonly MigrationStep[]> {
    if (!(await exists(session, HISTORY_EXISTS))) await session.script(CREATE_HISTORY)
    const pending = (await planOf(loaded, session)).filter(({ state }) => state === 'pending')
    const applied: MigrationStep[] = []
    for (const { step } of pending) {
      await ensureSchema(step.module, session)
      await runStep(step, session, this.#parts.dependencies.clock)
      applied.push(describe({ step, state: 'applied' }))
    }
    return applied
  }

  /** A connection whose settings may be changed: nobody uses it afterwards. */
  async #session<T>(deadline: Deadline, work: (session: MigrationSession) => Promise<T>): Promise<T> {
    const { primary, driver, dependencies } = this.#parts
    await reachPrimary(primary, dependencies, deadline)
    const connection = await this.#open()
    connection.attach(primary)
    try {
      return await work(new MigrationSession(connection, driver, deadline))
    } finally {
      await connection.end()
    }
  }

  async #open(): ReturnType<PostgresNode['connector']['open']> {
    const { connector, monitor } = this.#parts.primary
    try {
      return await connector.open(MIGRATION, monitor.cancelBackend)
    } catch (error) {
      throw this.#parts.primary.unavailable(error)
    }
  }
}

function load(modules: readonly ModuleMigrations[]): Promise<ModuleSteps[]> {
  return Promise.all(modules.map(async (each) => ({ module: each.module, steps: await loadSteps(each) })))
}

async function planOf(loaded: readonly ModuleSteps[], session: MigrationSession): Promise<PlannedStep[]> {
  const history = await historyOf(loaded, session)
  const compared = loaded.map(({ module, steps }) =>
    compare(
      module,
      steps,
      history.filter((row) => row.module === module),
    ),
  )
  const problems = compared.flatMap((comparison) => comparison.problems)
  const [first] = problems
  if (first !== undefined) throw problems.length === 1 ? first : bootError(problems)
  return compared.flatMap(({ planned }) => planned)
}

async function historyOf(loaded: readonly ModuleSteps[], session: MigrationSession): Promise<HistoryRow[]> {
  if (!(await exists(session, HISTORY_EXISTS))) return []
  const rows = await session.rows(READ_HISTORY, [loaded.map(({ module }) => module)])
  return rows as unknown as HistoryRow[]
}

async function ensureSchema(module: string, session: MigrationSession): Promise<void> {
  if (!(await exists(session, SCHEMA_EXISTS, [module])))
    await session.script(`CREATE SCHEMA ${identifier(module)}`)
}

async function exists(
  session: MigrationSession,
  question: string,
  values: readonly unknown[] = [],
): Promise<boolean> {
  const [row] = await session.rows(question, values)
  return row?.['exists'] === true
}
