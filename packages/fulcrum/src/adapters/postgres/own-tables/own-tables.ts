import type { ModuleMigrations } from '../../../ports/migrations.ts'
import { CREATE_IDEMPOTENCY } from './0001-idempotency.ts'
import { CREATE_OUTBOX } from './0010-outbox.ts'
import { CREATE_SUBSCRIPTION } from './0011-subscription.ts'
import { CREATE_INBOX } from './0012-inbox.ts'
import { CREATE_PROJECTIONS } from './0013-projections.ts'
import { CREATE_JOBS } from './0020-jobs.ts'
import { CREATE_STEPS } from './0030-steps.ts'
import { CREATE_IMPORTS } from './0031-imports.ts'

/**
 * Tables that Fulcrum keeps for itself, in the schema `fulcrum`, as a history like any module's: what was released is not changed any more, a step
 * is added instead. One file per step.
 */
export const OWN_TABLES: ModuleMigrations = Object.freeze({
  module: 'fulcrum',
  source: Object.freeze([
    CREATE_IDEMPOTENCY,
    CREATE_OUTBOX,
    CREATE_SUBSCRIPTION,
    CREATE_INBOX,
    CREATE_PROJECTIONS,
    CREATE_JOBS,
    CREATE_STEPS,
    CREATE_IMPORTS,
  ]),
})
