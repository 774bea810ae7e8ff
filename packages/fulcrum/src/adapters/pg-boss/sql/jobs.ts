import { SCHEMA } from '../schema.ts'

/** Which of the queues in $1 have jobs that are ready, and whether jobs of committed transactions wait to be moved. */
export const OUTLOOK: string = `
SELECT queue.name AS ready, false AS to_move FROM unnest($1::text[]) AS queue (name)
WHERE EXISTS (
  SELECT FROM ${SCHEMA}.job
  WHERE job.name = queue.name AND state < 'active' AND NOT blocked AND start_after <= now()
)
UNION ALL
SELECT NULL, true WHERE EXISTS (SELECT FROM fulcrum.enqueued WHERE queue = ANY($1::text[]))`

/**
 * Gives claims of the queue $1 back, named by 'id:retries' in $2, so that the next claim is not a retry. They come back as 'retry' and not as 'created':
 * of those only one may wait for each key.
 */
export const GIVE_BACK: string = `
UPDATE ${SCHEMA}.job SET state = 'retry', started_on = NULL, heartbeat_on = NULL, start_after = now()
WHERE name = $1 AND state = 'active' AND id::text || ':' || retry_count = ANY($2::text[])`

/** Deletes failed jobs of queues in $1: they are in the dead letters, and would stand in the way of the next job of their key. */
export const UNBLOCK: string = `DELETE FROM ${SCHEMA}.job WHERE name = ANY($1::text[]) AND state = 'failed'`

/** For how long the next job of each queue in $1 has been waiting, in seconds; 0 where none is ready. What pg-boss would claim, off the same index. */
export const AGES: string = `
SELECT queue.name, coalesce(next.age, 0) AS age FROM unnest($1::text[]) AS queue (name)
LEFT JOIN LATERAL (
  SELECT extract(epoch FROM now() - greatest(created_on, start_after))::float8 AS age FROM ${SCHEMA}.job
  WHERE job.name = queue.name AND state < 'active' AND NOT blocked AND start_after <= now()
  ORDER BY priority DESC, created_on LIMIT 1
) AS next ON true`
