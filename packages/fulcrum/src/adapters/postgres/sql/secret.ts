/** Whether there is a table yet. Asked first: CREATE … IF NOT EXISTS needs privileges even when there is nothing to create. */
export const SECRETS_EXIST = "SELECT to_regclass('fulcrum.secret') IS NOT NULL AS exists"

/** A script. Nobody but the owner reads it, whatever default privileges the database has. */
export const CREATE_SECRETS = `
CREATE SCHEMA IF NOT EXISTS fulcrum;
CREATE TABLE IF NOT EXISTS fulcrum.secret (
  name text PRIMARY KEY,
  value bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
REVOKE ALL ON fulcrum.secret FROM PUBLIC;
COMMENT ON TABLE fulcrum.secret IS 'Keys that the instances of an application share, such as the one that signs session tokens.'`

/** Input: name. Output: its value in hexadecimal, if there is one. */
export const READ_SECRET = "SELECT encode(value, 'hex') AS value FROM fulcrum.secret WHERE name = $1"

/** Inputs: name, value in hexadecimal. Whoever comes first decides. */
export const KEEP_SECRET = `
INSERT INTO fulcrum.secret (name, value) VALUES ($1, decode($2, 'hex')) ON CONFLICT (name) DO NOTHING`
