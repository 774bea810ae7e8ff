import type { Migration } from '../../../declare/migration.ts'

/**
 * Runs of steps, what their steps came to, and which instances are alive.
 *
 * A row of `step_run` is written when a run begins, is taken by another instance, changes its direction, and ends: never as a sign of life, so that a transaction which
 * notes a step can lock it (`FOR SHARE`) and is not failed by anything but what has to fail it. Signs of life are one row for each instance.
 *
 * A call has one run, of which nothing is left when it is `undone`. The row of one that is `done` stays for as long as its answer is kept, so that a call that has
 * looked for the answer too early does not begin a second one.
 */
export const CREATE_STEPS: Migration = {
  name: '0030_steps',
  up: `
CREATE TABLE step_run (
  run uuid NOT NULL,
  call uuid NOT NULL,
  operation text NOT NULL,
  fingerprint uuid NOT NULL,
  input bytea,
  principal bytea,
  state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'compensating', 'stuck', 'done', 'undone')),
  stuck_in text,
  reason text,
  instance uuid,
  holder uuid NOT NULL,
  takeovers integer NOT NULL DEFAULT 0,
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  keep_until timestamptz,
  CONSTRAINT step_run_pkey PRIMARY KEY (run)
);
CREATE UNIQUE INDEX step_run_call ON step_run (call) WHERE state <> 'undone';
CREATE INDEX step_run_open ON step_run (began_at) WHERE state IN ('running', 'compensating', 'stuck');
CREATE INDEX step_run_keep_until ON step_run (keep_until) WHERE keep_until IS NOT NULL;
CREATE TABLE step (
  run uuid NOT NULL,
  name text NOT NULL,
  part text NOT NULL CHECK (part IN ('step', 'undo')),
  position integer NOT NULL,
  answer bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT step_pkey PRIMARY KEY (run, name, part)
);
CREATE TABLE step_instance (
  instance uuid NOT NULL,
  alive_until timestamptz NOT NULL,
  CONSTRAINT step_instance_pkey PRIMARY KEY (instance)
);
REVOKE ALL ON step_run, step, step_instance FROM PUBLIC;
COMMENT ON TABLE step_run IS 'Runs of commands with steps: those under way, those that are stuck, and those that ended lately.';
COMMENT ON COLUMN step_run.call IS 'Hash of tenant, principal, operation and idempotency key.';
COMMENT ON COLUMN step_run.input IS 'For whoever takes over; null when the run is over.';
COMMENT ON TABLE step IS 'What the steps of runs came to.';
COMMENT ON TABLE step_instance IS 'Until when the runs of an instance are its own.';`,
}
