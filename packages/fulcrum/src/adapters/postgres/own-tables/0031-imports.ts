import type { Migration } from '../../../declare/migration.ts'

/** How far imports are: a row for each, written anew in the transaction of every batch, and deleted when its time is over. */
export const CREATE_IMPORTS: Migration = {
  name: '0031_imports',
  up: `
CREATE TABLE import (
  id uuid NOT NULL,
  operation text NOT NULL,
  line bigint NOT NULL,
  digest text NOT NULL,
  report json NOT NULL,
  is_done boolean NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT import_pkey PRIMARY KEY (id)
) WITH (fillfactor = 50);
REVOKE ALL ON import FROM PUBLIC;
COMMENT ON TABLE import IS 'How far imports are, for whoever repeats one with its key.';
COMMENT ON COLUMN import.id IS 'Hash of tenant, principal, operation and key.';
COMMENT ON COLUMN import.digest IS 'SHA-256 of all lines that are done with.';`,
}
