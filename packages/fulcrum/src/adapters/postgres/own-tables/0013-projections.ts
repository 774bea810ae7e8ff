import type { Migration } from '../../../declare/migration.ts'

/**
 * What projections need of subscriptions. They are kept from several events, so a subscription has a list of types. Where everything that was committed
 * before a position is in the tables of a projection, `covered_lsn` says so, on the timeline that `covered_epoch` names: it is changed together with them.
 *
 * `pruned` has the types of which events have been deleted: what is built from events begins with the first one.
 */
export const CREATE_PROJECTIONS: Migration = {
  name: '0013_projections',
  up: `
ALTER TABLE subscription ADD COLUMN types text[];
UPDATE subscription SET types = ARRAY[type];
ALTER TABLE subscription ALTER COLUMN types SET NOT NULL, DROP COLUMN type,
  ADD COLUMN covered_epoch text, ADD COLUMN covered_lsn pg_lsn;
CREATE TABLE pruned (
  type text NOT NULL,
  CONSTRAINT pruned_pkey PRIMARY KEY (type)
);
REVOKE ALL ON pruned FROM PUBLIC;
COMMENT ON TABLE pruned IS 'Types of which events have been deleted.';
COMMENT ON COLUMN subscription.covered_lsn IS 'Of a projection: what was committed before this position is in its tables.';`,
}
