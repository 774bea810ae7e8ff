import { Deadline } from '../../../kernel/deadline.ts'
import { bootError } from '../../../kernel/errors/boot-error.ts'
import type { Migrations, MigrationStep, ModuleMigrations } from '../../../ports/migrations.ts'
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
import { type MigrationParts, onPrimary } from './on-primary.ts'
import { identifier, runStep } from './run-step.ts'
import type { MigrationSession } from './session.ts'
import type { Step } from './step.ts'

const PLAN_MS = 30_000

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
    const planned = await onPrimary(this.#parts, deadline, (session) => planOf(loaded, session))
    return planned.map(describe)
  }

  /** @throws as `plan`, FUL-4024 when a step fails, FUL-4026 when another instance migrates until the deadline. */
  async apply(modules: readonly ModuleMigrations[], deadline: Deadline): Promise<readonly MigrationStep[]> {
    const loaded = await load(modules)
    if (loaded.every(({ steps }) => steps.length === 0)) return []
    return onPrimary(this.#parts, deadline, (session) =>
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
