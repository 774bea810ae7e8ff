import type { Migration } from '../../../declare/migration.ts'

/**
 * Jobs of committed transactions on their way into their queues, and which jobs' transactions were committed.
 *
 * A row of `enqueued` is written with the message of a COMMIT and deleted in the transaction that puts the job into its queue. A row of `applied_job` is
 * written with the COMMIT of a job's own transaction; its primary key is what two attempts at one job cannot both have. Its name tells the adapter that
 * another attempt came first.
 */
export const CREATE_JOBS: Migration = {
  name: '0020_jobs',
  up: `
CREATE TABLE enqueued (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL,
  queue text NOT NULL,
  input jsonb,
  start_at timestamptz,
  priority integer NOT NULL,
  key text
);
CREATE TABLE applied_job (
  id uuid NOT NULL,
  queue text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT fulcrum_once_applied_job PRIMARY KEY (id)
);
CREATE INDEX applied_job_applied_at ON applied_job (applied_at);
REVOKE ALL ON enqueued, applied_job FROM PUBLIC;
COMMENT ON TABLE enqueued IS 'Jobs of committed transactions that are not in their queues yet.';
COMMENT ON TABLE applied_job IS 'Jobs whose transaction was committed, for as long as somebody might run them again.';`,
}
