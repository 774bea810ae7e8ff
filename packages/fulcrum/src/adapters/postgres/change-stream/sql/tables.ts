/**
 * The tables that are followed. Input: a JSON array of {schema, name, publication}. Output: a row for each, in order.
 *
 * - `problem`: why its changes cannot be told.
 * - `is_published`: the publication of its own brings all its changes, unfiltered. `has_publication`: there is one of the name.
 * - `state`: what it is made of. Another text later means that it was altered, truncated, rewritten or replaced, or that partitions came or went,
 *   which the stream need not tell. System columns, so that nothing is missed: ALTER TABLE makes a new version of the row in pg_class.
 * - `latest_xid`: follows all ids of transactions that are over. Others may have greater ones.
 *
 * Takes no locks on the tables: pg_partition_tree would.
 */
export const FOLLOWED_TABLES = `
WITH RECURSIVE wanted AS (
  SELECT item.ordinal, item.value->>'schema' AS schema, item.value->>'name' AS name, item.value->>'publication' AS publication
  FROM json_array_elements($1::json) WITH ORDINALITY AS item (value, ordinal)
), found AS (
  SELECT wanted.*, pg_class.oid, relkind, relpersistence, relispartition, relreplident
  FROM wanted
  LEFT JOIN pg_namespace ON nspname = wanted.schema
  LEFT JOIN pg_class ON relnamespace = pg_namespace.oid AND relname = wanted.name
), member (ordinal, oid) AS (
  SELECT ordinal, oid FROM found WHERE oid IS NOT NULL
  UNION ALL
  SELECT ordinal, inhrelid FROM member JOIN pg_inherits ON inhparent = member.oid
), part AS (
  SELECT ordinal, pg_class.oid, pg_class.xmin, relkind, relreplident,
         CASE relreplident WHEN 'f' THEN true WHEN 'n' THEN false
           ELSE EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisvalid
                        AND CASE relreplident WHEN 'd' THEN indisprimary ELSE indisreplident END)
         END AS has_identity
  FROM member JOIN pg_class ON pg_class.oid = member.oid
)
SELECT CASE
         WHEN found.oid IS NULL THEN 'there is no such table'
         WHEN relkind NOT IN ('r', 'p') THEN 'it is not a table'
         WHEN relpersistence <> 'p' THEN 'it is temporary or unlogged, so its changes are not in the log'
         WHEN relispartition THEN 'it is a partition: its changes are told as those of the partitioned table'
         WHEN relkind = 'r' AND (SELECT count(*) FROM part WHERE part.ordinal = found.ordinal) > 1
           THEN 'other tables inherit from it, and their changes are not told as its own'
         WHEN NOT (SELECT bool_and(has_identity) FROM part WHERE part.ordinal = found.ordinal AND part.relkind = 'r')
           THEN 'it has no primary key and no other replica identity, so that updates and deletes could not be told'
         WHEN EXISTS (SELECT FROM part WHERE part.ordinal = found.ordinal AND part.relreplident NOT IN (found.relreplident, 'f'))
           THEN 'one of its partitions has another replica identity'
       END AS problem,
       coalesce(pubinsert AND pubupdate AND pubdelete AND pubtruncate AND pubviaroot
                AND prrelid IS NOT NULL AND prqual IS NULL AND prattrs IS NULL, false) AS is_published,
       pg_publication.oid IS NOT NULL AS has_publication,
       (SELECT string_agg(concat_ws(':', part.oid, part.xmin), ' ' ORDER BY part.oid) FROM part WHERE part.ordinal = found.ordinal) AS state,
       pg_snapshot_xmax(pg_current_snapshot())::text AS latest_xid
FROM found
LEFT JOIN pg_publication ON pubname = found.publication
LEFT JOIN pg_publication_rel ON prpubid = pg_publication.oid AND prrelid = found.oid
ORDER BY found.ordinal`

export interface FollowedTableRow {
  readonly problem: string | null
  readonly is_published: boolean
  readonly has_publication: boolean
  readonly state: string | null
  readonly latest_xid: string
}
