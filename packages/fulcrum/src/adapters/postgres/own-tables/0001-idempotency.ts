import type { Migration } from '../../../declare/migration.ts'

/**
 * The answers of commands that happen once. Rows are written with the effects of their command, read when a call is repeated, and deleted when their
 * time is over; they are never updated.
 *
 * The id is a hash of whose call it was, of what, and under which key, so that nothing of that can be read from the table. Rows are inserted about in the order
 * in which they expire, which is all that a BRIN index needs, and costs next to nothing to keep.
 */
export const CREATE_IDEMPOTENCY: Migration = {
  name: '0001_idempotency',
  up: `
CREATE TABLE idempotency (
  id uuid NOT NULL,
  operation text NOT NULL,
  fingerprint uuid NOT NULL,
  answer bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX idempotency_expires_at ON idempotency USING brin (expires_at) WITH (pages_per_range = 16);
REVOKE ALL ON idempotency FROM PUBLIC;
COMMENT ON TABLE idempotency IS 'Answers of idempotent commands, kept for repetitions of the call until expires_at.';
COMMENT ON COLUMN idempotency.id IS 'Hash of tenant, principal, operation and key.';
COMMENT ON COLUMN idempotency.fingerprint IS 'Hash of the input: a repetition has the same one.';`,
}
