import type { Migration } from '../../../declare/migration.ts'

/**
 * What the envelope of an event has that does not follow from the event, and which events of elsewhere are in the outbox.
 *
 * A row of `inbox` is written with the event in the outbox, so a repetition of the event finds it exactly when the event is there. Its id is a hash
 * of CloudEvents' `source` and `id`, of which neither has a bounded length. Rows are deleted when no repetition is to be expected any more, about in the order in
 * which they were inserted, which is all that a BRIN index needs.
 */
export const CREATE_INBOX: Migration = {
  name: '0012_inbox',
  up: `
ALTER TABLE outbox ADD COLUMN envelope json;
ALTER TABLE undelivered ADD COLUMN envelope json;
CREATE TABLE inbox (
  id uuid NOT NULL,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inbox_pkey PRIMARY KEY (id)
);
CREATE INDEX inbox_accepted_at ON inbox USING brin (accepted_at) WITH (pages_per_range = 16);
REVOKE ALL ON inbox FROM PUBLIC;
COMMENT ON TABLE inbox IS 'Events of elsewhere that have been accepted into the outbox.';
COMMENT ON COLUMN inbox.id IS 'Hash of source and id (CloudEvents).';
COMMENT ON COLUMN outbox.envelope IS 'traceparent; of events of elsewhere also their source, id and token.';`,
}
