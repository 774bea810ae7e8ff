import type { Migration } from '../../../declare/migration.ts'

/**
 * How far each subscriber is. An event is done with when `done` contains its transaction, or `target` does and its number is at most `upto`. So what
 * has been delivered is known by snapshots, not by the greatest number so far: an event that was numbered early and committed late is in neither.
 *
 * `floor` only makes looking cheap: no event with a number up to it will appear any more. It follows `mark`, the greatest number that was visible
 * when transaction `mark_xid` began: once all transactions before that have ended, nobody is left who could commit a smaller one.
 *
 * `version` changes with every change of the row, and what is delivered is delivered of one version.
 *
 * `undelivered` has the events of which a delivery has failed, and those that wait behind one of the same key (`due_at` is null), and dead letters.
 */
export const CREATE_SUBSCRIPTION: Migration = {
  name: '0011_subscription',
  up: `
CREATE TABLE subscription (
  name text NOT NULL,
  type text NOT NULL,
  version bigint NOT NULL DEFAULT 0,
  done pg_snapshot NOT NULL,
  target pg_snapshot,
  upto bigint NOT NULL DEFAULT 0,
  floor bigint NOT NULL DEFAULT 0,
  mark bigint NOT NULL DEFAULT 0,
  mark_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT subscription_pkey PRIMARY KEY (name)
) WITH (fillfactor = 20);
CREATE TABLE undelivered (
  subscription text NOT NULL,
  seq bigint NOT NULL,
  lane text NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  time timestamptz NOT NULL,
  data json NOT NULL,
  expires timestamptz,
  attempts int NOT NULL DEFAULT 0,
  due_at timestamptz,
  dead_at timestamptz,
  reason text,
  CONSTRAINT undelivered_pkey PRIMARY KEY (subscription, seq)
);
REVOKE ALL ON subscription, undelivered FROM PUBLIC;
COMMENT ON TABLE subscription IS 'How far each subscriber is in the outbox.';
COMMENT ON TABLE undelivered IS 'Events whose delivery has failed, those that wait behind them, and dead letters (dead_at).';`,
}
