/** Whether there is a history yet. Asked first: CREATE … IF NOT EXISTS needs privileges even when there is nothing to create. */
export const HISTORY_EXISTS = "SELECT to_regclass('fulcrum.migration') IS NOT NULL AS exists"

export const SCHEMA_EXISTS = 'SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS exists'

/** A script: one history per module. A step without `finished_at` ran outside a transaction and did not end well. */
export const CREATE_HISTORY = `
CREATE SCHEMA IF NOT EXISTS fulcrum;
CREATE TABLE IF NOT EXISTS fulcrum.migration (
  module text NOT NULL,
  name text COLLATE "C" NOT NULL,
  checksum text NOT NULL,
  transactional boolean NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  duration_ms double precision,
  PRIMARY KEY (module, name)
);
COMMENT ON TABLE fulcrum.migration IS 'Schema changes applied by Fulcrum, one history per module.'`

/** Input: an array of modules. Output: their applied steps. */
export const READ_HISTORY = `
SELECT module, name, checksum, transactional, finished_at IS NOT NULL AS is_finished
FROM fulcrum.migration WHERE module = ANY ($1::text[]) ORDER BY module, name`

export interface HistoryRow {
  readonly module: string
  readonly name: string
  readonly checksum: string
  readonly transactional: boolean
  readonly is_finished: boolean
}

/** Inputs: module, name, checksum, transactional. */
export const BEGIN_STEP = `
INSERT INTO fulcrum.migration (module, name, checksum, transactional) VALUES ($1, $2, $3, $4::boolean)`

/** Inputs: module, name, milliseconds. */
export const FINISH_STEP = `
UPDATE fulcrum.migration SET finished_at = clock_timestamp(), duration_ms = $3::double precision
WHERE module = $1 AND name = $2`

/** Inputs: module, name. */
export const FORGET_STEP =
  'DELETE FROM fulcrum.migration WHERE module = $1 AND name = $2 AND finished_at IS NULL'

/** What an index build that failed leaves behind. Input: schema. Output: one row per index. */
export const INVALID_INDEXES = `
SELECT format('%I.%I', nspname, relname) AS name FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE NOT indisvalid AND nspname = $1`
