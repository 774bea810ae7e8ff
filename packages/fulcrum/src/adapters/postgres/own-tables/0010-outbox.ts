import type { Migration } from '../../../declare/migration.ts'

/**
 * Events, appended with the transaction that emits them and deleted when everybody has had them and their time is over; never updated.
 *
 * `seq` is taken right before COMMIT, while the transaction holds its locks, so of two transactions that exclude each other the later one has the
 * greater `seq`. It says nothing of two that do not, and a smaller one may become visible later. `xid` says which snapshots contain the event. It
 * stands in front of `seq` so that it is assigned before it: who has drawn a number has an id by then.
 */
export const CREATE_OUTBOX: Migration = {
  name: '0010_outbox',
  up: `
CREATE TABLE outbox (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  seq bigint GENERATED ALWAYS AS IDENTITY,
  id uuid NOT NULL,
  type text NOT NULL,
  time timestamptz NOT NULL,
  key text,
  data json NOT NULL,
  expires timestamptz,
  CONSTRAINT outbox_pkey PRIMARY KEY (seq)
);
REVOKE ALL ON outbox FROM PUBLIC;
COMMENT ON TABLE outbox IS 'Events of committed transactions, for subscribers and for replays.';
COMMENT ON COLUMN outbox.key IS 'What the event is about: events of one key are delivered in order.';`,
}
