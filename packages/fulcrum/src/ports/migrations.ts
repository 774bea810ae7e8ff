import type { MigrationSource } from '../declare/migration.ts'
import type { Deadline } from '../kernel/deadline.ts'

/** The migrations of one module. */
export interface ModuleMigrations {
  readonly module: string
  readonly source: MigrationSource
}

/** One step of the history, applied or still to come. */
export interface MigrationStep {
  readonly module: string
  readonly name: string
  readonly checksum: string
  readonly state: 'applied' | 'pending'
  readonly transactional: boolean
  /** The SQL text of a `.sql` step; `undefined` for a function. */
  readonly sql: string | undefined
}

/** Brings each module's schema up to date; one history per module, under one lock, so that any number of instances may start at once. */
export interface Migrations {
  /** What is applied and what is pending, without changing anything. Throws where an applied step is missing or has changed. */
  plan(modules: readonly ModuleMigrations[]): Promise<readonly MigrationStep[]>
  /** Applies what is pending, in order; returns the steps that this call applied. */
  apply(modules: readonly ModuleMigrations[], deadline: Deadline): Promise<readonly MigrationStep[]>
}
