import type { ErrorRows } from './row.ts'
import { BOOT_ERRORS } from './rows/boot.ts'
import { CLI_ERRORS } from './rows/cli.ts'
import { EMBEDDED_ERRORS } from './rows/embedded.ts'
import { HTTP_ERRORS } from './rows/http.ts'
import { JOB_ERRORS } from './rows/jobs.ts'
import { POSTGRES_ERRORS } from './rows/postgres.ts'
import { REQUEST_ERRORS } from './rows/request.ts'
import { REMOTE_ERRORS } from './rows/remote.ts'
import { RUNTIME_ERRORS } from './rows/runtime.ts'
import { STEP_ERRORS } from './rows/steps.ts'
import { TESTING_ERRORS } from './rows/testing.ts'

/**
 * Every error that Fulcrum raises. A row lives in the file of its range under `rows/`; add it there, then run
 * `node scripts/render-error-reference.ts`.
 *
 * | range | file | what |
 * |---|---|---|
 * | 1xxx | `rows/boot.ts` | declarations and configuration refused at boot |
 * | 2xxx | `rows/request.ts` | the request or the call is at fault |
 * | 3xxx | `rows/runtime.ts` | an operation failed while it ran |
 * | 31xx | `rows/jobs.ts` | jobs and their queues |
 * | 32xx | `rows/steps.ts` | runs of steps |
 * | 33xx | `rows/remote.ts` | modules in other processes |
 * | 4xxx | `rows/postgres.ts` | PostgreSQL adapter and migrations |
 * | 5xxx | `rows/embedded.ts` | embedded cluster |
 * | 6xxx | `rows/cli.ts` | command line |
 * | 7xxx | `rows/http.ts` | HTTP server, mounts and clients |
 * | 8xxx | `rows/testing.ts` | testing, virtual time, prediction |
 */
export const ERRORS: ErrorTable = {
  ...BOOT_ERRORS,
  ...REQUEST_ERRORS,
  ...RUNTIME_ERRORS,
  ...JOB_ERRORS,
  ...STEP_ERRORS,
  ...REMOTE_ERRORS,
  ...POSTGRES_ERRORS,
  ...EMBEDDED_ERRORS,
  ...CLI_ERRORS,
  ...HTTP_ERRORS,
  ...TESTING_ERRORS,
} satisfies ErrorRows

export type ErrorTable = typeof BOOT_ERRORS &
  typeof REQUEST_ERRORS &
  typeof RUNTIME_ERRORS &
  typeof JOB_ERRORS &
  typeof STEP_ERRORS &
  typeof REMOTE_ERRORS &
  typeof POSTGRES_ERRORS &
  typeof EMBEDDED_ERRORS &
  typeof CLI_ERRORS &
  typeof HTTP_ERRORS &
  typeof TESTING_ERRORS

/** `'FUL-1001' | 'FUL-1002' | …` */
export type ErrorCode = keyof ErrorTable
